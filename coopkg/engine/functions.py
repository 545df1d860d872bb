"""The functions that the local engine has beyond SPARQL 1.1 (tests compare with what it runs)."""

from __future__ import annotations

from typing import Final

from coopkg.terms import PREFIXES

GEOSPARQL: Final = "http://www.opengis.net/def/function/geosparql/"

# Casts that SPARQL 1.1, section 17.5, does not ask for.
_CASTS: Final = (
    "date time duration dayTimeDuration yearMonthDuration gYear gYearMonth gMonth gMonthDay gDay"
)
_GEOMETRY: Final = (
    "area asGeoJSON centroid convexHull coordinateDimension difference dimension distance "
    "ehContains ehCoveredBy ehCovers ehDisjoint ehEquals ehInside ehMeet ehOverlap envelope "
    "getSRID intersection isEmpty isSimple length perimeter rcc8dc rcc8ec rcc8eq rcc8ntpp "
    "rcc8ntppi rcc8po rcc8tpp rcc8tppi relate sfContains sfCrosses sfDisjoint sfEquals "
    "sfIntersects sfOverlaps sfTouches sfWithin spatialDimension symDifference union"
)

EXTENSIONS: Final = tuple(
    [PREFIXES["xsd"] + name for name in _CASTS.split()]
    + [GEOSPARQL + name for name in _GEOMETRY.split()]
)
