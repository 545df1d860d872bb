// Bundle the scripts of the pages and name what they contain. OUT is the folder to write.
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import path from "node:path";
import process from "node:process";
import { build } from "esbuild";

const here = import.meta.dirname;
const out = process.env.OUT ?? path.join(here, "../coopkg/serve/static/dist");

const { metafile } = await build({
  entryPoints: ["sparql.js", "page.js", "sparql.css"].map((name) => path.join(here, "src", name)),
  absWorkingDir: here,
  outdir: out,
  bundle: true,
  minify: true,
  metafile: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
});

/** The packages whose code is in the bundles, and those whose data are in the map. */
function packages() {
  const names = new Set(["world-atlas"]);
  for (const input of Object.keys(metafile.inputs)) {
    const found = input.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/);
    if (found) names.add(found[1]);
  }
  return [...names].sort();
}

async function notice(name) {
  const folder = path.join(here, "node_modules", name);
  const about = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const licence = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
  const text = licence ? await readFile(path.join(folder, licence), "utf8") : "";
  return `${about.name} ${about.version} (${about.license})\n\n${text.trim()}\n`;
}

const heading =
  "The files of this folder contain these packages. " +
  "The outlines of world.svg are made from Natural Earth, which is in the public domain.\n";
const notices = await Promise.all(packages().map(notice));
await mkdir(out, { recursive: true });
await writeFile(
  path.join(out, "NOTICES.txt"),
  [heading, ...notices].join(`\n${"-".repeat(72)}\n\n`),
);

for (const file of Object.keys(metafile.outputs)) {
  const content = await readFile(path.resolve(here, file));
  const packed = gzipSync(content, { level: 9 }).length;
  console.log(`${path.basename(file)}: ${content.length} bytes, ${packed} gzipped`);
}
