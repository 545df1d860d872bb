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
const MARGIN = 2; // so that the box starts at 0 0, and nothing is cut
const DETAIL = 2e-5; // steradians: what a bend must enclose to stay
const ISLAND = 6e-5; // steradians: what a ring must enclose to stay
const GRID = 24;
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
const coarse = simpler.filter(
  bends,
  simpler.filterWeight(bends, ISLAND, simpler.sphericalRingArea),
);
const shapes = coarse.objects.countries;

const everything = { type: "FeatureCollection", features: fine };
const projection = geoEqualEarth().fitWidth(WIDTH - 2 * MARGIN, everything);
projection.translate(projection.translate().map((along) => along + MARGIN));
const draw = geoPath(projection).digits(1);
const viewBox = `0 0 ${WIDTH} ${Math.ceil(draw.bounds(everything)[1][1]) + MARGIN}`;

const codeOf = ({ id, properties }) =>
  alpha2Of[id] ?? (properties.name === KOSOVO.name ? KOSOVO.alpha2 : undefined);

/** The middle of the largest part: that of France lies in Europe, not in the ocean. */
function middle({ geometry }) {
  const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const polygons = parts.map((coordinates) => ({ type: "Polygon", coordinates }));
  const largest = polygons.reduce((a, b) => (draw.area(b) > draw.area(a) ? b : a));
  const centroid = draw.centroid(largest);
  const ring = largest.coordinates[0].map((point) => projection(point));
  const found = holds(ring, centroid) ? centroid : (inside(ring, draw.bounds(largest)) ?? centroid);
  return found.map((along) => Math.round(along * 10) / 10);
}

/** Tell whether a ring goes around a point: a line drawn from there crosses it an odd number of times. */
function holds(ring, [x, y]) {
  let within = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [[ax, ay], [bx, by]] = [ring[i], ring[j]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}

/** The point of a grid that lies farthest from the ring, for a country bent like Vietnam. */
function inside(ring, [[left, top], [right, bottom]]) {
  const points = [];
  for (let i = 1; i < GRID; i++)
    for (let j = 1; j < GRID; j++)
      points.push([left + ((right - left) * i) / GRID, top + ((bottom - top) * j) / GRID]);
  const room = ([x, y]) => Math.min(...ring.map(([ax, ay]) => Math.hypot(ax - x, ay - y)));
  const held = points.filter((point) => holds(ring, point));
  return held.length ? held.reduce((a, b) => (room(b) > room(a) ? b : a)) : undefined;
}

// By name and code, never by position: filter() drops what it empties.
const paths = new Map();
for (const shape of topojson.feature(coarse, shapes).features) {
  const code = codeOf(shape);
  const path = shape.geometry && draw(shape);
  if (code && path && !paths.has(code)) paths.set(code, path);
}
const countries = {};
for (const shape of fine) {
  const code = codeOf(shape);
  // Australia's number is also that of two rocks of its own, which come after it.
  if (code && !countries[code])
    countries[code] = { path: paths.get(code) ?? "", centroid: middle(shape) };
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
