// Draw the world once: outlines for the countries a page colours, and one grey base to lay below.
// OUT is the folder of world.svg, WORLD the file of the outlines.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { geoEqualEarth, geoPath } from "d3-geo";
import * as topojson from "topojson-client";
import * as simpler from "topojson-simplify";

const here = import.meta.dirname;
const out = process.env.OUT ?? path.join(here, "../coopkg/serve/static/dist");
const world = process.env.WORLD ?? path.join(here, "../coopkg/figures/world.json");

const WIDTH = 1000;
const DETAIL = 2e-5; // steradians: what a bend must enclose to stay
const ISLAND = 6e-5; // steradians: what a ring must enclose to stay
const ANTARCTICA = "010";
const KOSOVO = { name: "Kosovo", alpha2: "XK" }; // has no number in ISO 3166

const alpha2Of = JSON.parse(await readFile(path.join(here, "iso-3166.json"), "utf8"));
const atlas = JSON.parse(
  await readFile(path.join(here, "node_modules/world-atlas/countries-50m.json"), "utf8"),
);
const whole = atlas.objects.countries.geometries.filter(({ id }) => id !== ANTARCTICA);
atlas.objects = { countries: { type: "GeometryCollection", geometries: whole } };

const fine = topojson.feature(atlas, atlas.objects.countries).features;
const bends = simpler.simplify(simpler.presimplify(atlas, simpler.sphericalTriangleArea), DETAIL);
const coarse = simpler.filter(bends, simpler.filterWeight(bends, ISLAND, simpler.sphericalRingArea));
const shapes = coarse.objects.countries;

const projection = geoEqualEarth().fitWidth(WIDTH, { type: "FeatureCollection", features: fine });
const draw = geoPath(projection).digits(1);
const [[, top], [, bottom]] = draw.bounds({ type: "FeatureCollection", features: fine });
const viewBox = `0 ${Math.floor(top)} ${WIDTH} ${Math.ceil(bottom) - Math.floor(top)}`;

const codeOf = ({ id, properties }) =>
  alpha2Of[id] ?? (properties.name === KOSOVO.name ? KOSOVO.alpha2 : undefined);

/** The middle of the largest part: that of France lies in Europe, not in the ocean. */
function middle({ geometry }) {
  const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const polygons = parts.map((coordinates) => ({ type: "Polygon", coordinates }));
  const largest = polygons.reduce((a, b) => (draw.area(b) > draw.area(a) ? b : a));
  return draw.centroid(largest).map((x) => Math.round(x * 10) / 10);
}

// By name and code, never by position: filter() drops what it empties.
const paths = new Map();
for (const shape of topojson.feature(coarse, shapes).features) {
  const code = codeOf(shape);
  const path = shape.geometry && draw(shape);
  if (code && path) paths.set(code, (paths.get(code) ?? "") + path);
}
const countries = {};
for (const shape of fine) {
  const code = codeOf(shape);
  // Some numbers come twice (a country and its dependency): the first part is the larger one.
  if (code && !countries[code]) countries[code] = { path: paths.get(code) ?? "", centroid: middle(shape) };
}

// Without inner borders: some are disputed, and a grey base need not take sides.
const land = draw(topojson.merge(coarse, shapes.geometries));
const base =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}">` +
  `<path fill="#9aa5b1" d="${land}"/></svg>\n`;

await mkdir(path.dirname(world), { recursive: true });
await mkdir(out, { recursive: true });
await writeFile(world, `${JSON.stringify({ viewBox, countries })}\n`);
await writeFile(path.join(out, "world.svg"), base);
const drawn = Object.values(countries).filter((one) => one.path).length;
console.log(`world: ${Object.keys(countries).length} countries, ${drawn} with an outline`);
