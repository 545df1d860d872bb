// Read {name: html} as JSON; write {name: [fault]} for the pages that are not valid HTML.
import { HtmlValidate } from "html-validate";
import process from "node:process";
import { text } from "node:stream/consumers";

// What the standard says, and no matter of taste.
const validator = new HtmlValidate({ root: true, extends: ["html-validate:standard"] });
const pages = JSON.parse(await text(process.stdin));
const faults = {};
for (const [name, html] of Object.entries(pages)) {
  const { results } = await validator.validateString(html);
  const found = results.flatMap((one) => one.messages);
  if (found.length)
    faults[name] = found.map((one) => `${one.line}:${one.column} ${one.ruleId}: ${one.message}`);
}
process.stdout.write(JSON.stringify(faults));
