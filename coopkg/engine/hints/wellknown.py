"""Names that people bring from elsewhere: prefixes, functions of other languages, arities."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from coopkg.engine.functions import EXTENSIONS
from coopkg.terms import PREFIXES

PREFIXES_ELSEWHERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bd": "http://www.bigdata.com/rdf#",
        "bibo": "http://purl.org/ontology/bibo/",
        "cpsv": "http://purl.org/vocab/cpsv#",
        "cv": "http://data.europa.eu/m8g/",
        "dbo": "http://dbpedia.org/ontology/",
        "dbp": "http://dbpedia.org/property/",
        "dbr": "http://dbpedia.org/resource/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "dct": "http://purl.org/dc/terms/",
        "dctype": "http://purl.org/dc/dcmitype/",
        "euvoc": "http://publications.europa.eu/ontology/euvoc#",
        "fn": "http://www.w3.org/2005/xpath-functions#",
        "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
        "geof": "http://www.opengis.net/def/function/geosparql/",
        "gn": "http://www.geonames.org/ontology#",
        "gsp": "http://www.opengis.net/ont/geosparql#",
        "gr": "http://purl.org/goodrelations/v1#",
        "locn": "http://www.w3.org/ns/locn#",
        "oa": "http://www.w3.org/ns/oa#",
        "p": "http://www.wikidata.org/prop/",
        "pq": "http://www.wikidata.org/prop/qualifier/",
        "ps": "http://www.wikidata.org/prop/statement/",
        "regorg": "http://www.w3.org/ns/regorg#",
        "rov": "http://www.w3.org/ns/regorg#",
        "sdo": "https://schema.org/",
        "sioc": "http://rdfs.org/sioc/ns#",
        "skosxl": "http://www.w3.org/2008/05/skos-xl#",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "wd": "http://www.wikidata.org/entity/",
        "wdt": "http://www.wikidata.org/prop/direct/",
        "wgs": "http://www.w3.org/2003/01/geo/wgs84_pos#",
        "wikibase": "http://wikiba.se/ontology#",
        "xml": "http://www.w3.org/XML/1998/namespace",
    }
)
KNOWN_PREFIXES: Final[Mapping[str, str]] = MappingProxyType({**PREFIXES_ELSEWHERE, **PREFIXES})

GEOSPARQL: Final = "http://www.opengis.net/ont/geosparql#"
OF_GEOSPARQL: Final = frozenset(
    """
    asDGGS asGML asGeoJSON asKML asWKT coordinateDimension defaultGeometry dimension Feature
    Geometry gmlLiteral hasBoundingBox hasCentroid hasDefaultGeometry hasGeometry hasSerialization
    isEmpty isSimple sfContains sfCrosses sfDisjoint sfEquals sfIntersects sfOverlaps sfTouches
    sfWithin SpatialObject wktLiteral
    """.split()  # noqa: SIM905
)
"""Names of GeoSPARQL, which calls itself `geo:` as the older vocabulary of W3C does."""

# What people call a property that has another name here, the nearest first.
GUESSED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("label", "libelle", "name", "nom", "title", "titre"),
            ("skos:prefLabel", "rdfs:label"),
        ),
        **dict.fromkeys(("subject", "sujet", "topic"), ("coop:theme",)),
        **dict.fromkeys(("alias", "altname"), ("skos:altLabel",)),
        **dict.fromkeys(("abbreviation", "sigle"), ("coop:acronym",)),
        **dict.fromkeys(("lieu", "location"), ("coop:basedIn", "coop:coversPlace")),
        **dict.fromkeys(("class", "classe", "isa"), ("rdf:type",)),
    }
)

AGGREGATES: Final = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
MANY: Final = 99
# How many arguments a function takes, at least and at most (SPARQL 1.1, section 17.4).
_ONE = """
    ABS CEIL FLOOR ROUND STR LANG DATATYPE BOUND IRI URI STRLEN UCASE LCASE ENCODE_FOR_URI YEAR
    MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ MD5 SHA1 SHA256 SHA384 SHA512 ISIRI ISURI ISBLANK
    ISLITERAL ISNUMERIC ISTRIPLE SUBJECT PREDICATE OBJECT LANGDIR HASLANG HASLANGDIR
    COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT
"""
_TWO = "LANGMATCHES SAMETERM CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER STRDT STRLANG ADJUST"
ARITIES: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        **dict.fromkeys(_ONE.split(), (1, 1)),
        **dict.fromkeys(_TWO.split(), (2, 2)),
        **dict.fromkeys(("NOW", "RAND", "UUID", "STRUUID"), (0, 0)),
        "BNODE": (0, 1),
        "CONCAT": (0, MANY),
        "COALESCE": (0, MANY),
        "IF": (3, 3),
        "REGEX": (2, 3),
        "REPLACE": (3, 4),
        "SUBSTR": (2, 3),
        "STRLANGDIR": (3, 3),
        "TRIPLE": (3, 3),
    }
)
FUNCTIONS: Final = frozenset(ARITIES) | {"EXISTS"}

_CASTS = "boolean dateTime decimal double float integer string"  # SPARQL 1.1, section 17.5
IRI_FUNCTIONS: Final = frozenset(EXTENSIONS) | {PREFIXES["xsd"] + name for name in _CASTS.split()}

# What other languages call a function of SPARQL.
ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "AVERAGE": "AVG",
        "CEILING": "CEIL",
        "CHAR_LENGTH": "STRLEN",
        "CONCATENATE": "CONCAT",
        "CURRENT_TIMESTAMP": "NOW",
        "ENDSWITH": "STRENDS",
        "ENDS_WITH": "STRENDS",
        "GETDATE": "NOW",
        "GROUPCONCAT": "GROUP_CONCAT",
        "HOUR": "HOURS",
        "IFNULL": "COALESCE",
        "INCLUDES": "CONTAINS",
        "INSTR": "CONTAINS",
        "ISNULL": "!BOUND",
        "LEN": "STRLEN",
        "LENGTH": "STRLEN",
        "LISTAGG": "GROUP_CONCAT",
        "LOWER": "LCASE",
        "LOWERCASE": "LCASE",
        "MATCH": "REGEX",
        "MATCHES": "REGEX",
        "MEAN": "AVG",
        "MINUTE": "MINUTES",
        "NVL": "COALESCE",
        "RANDOM": "RAND",
        "REGEXP": "REGEX",
        "REGEXP_LIKE": "REGEX",
        "REGEXP_REPLACE": "REPLACE",
        "SECOND": "SECONDS",
        "STARTSWITH": "STRSTARTS",
        "STARTS_WITH": "STRSTARTS",
        "STRING_AGG": "GROUP_CONCAT",
        "SUBSTRING": "SUBSTR",
        "TOLOWER": "LCASE",
        "TOSTRING": "STR",
        "TOUPPER": "UCASE",
        "TO_CHAR": "STR",
        "UPPER": "UCASE",
        "UPPERCASE": "UCASE",
    }
)

CURLY_OPENING: Final = "“”„«‹‘’‚‛′´"
CURLY_CLOSING: Final = "“”»›‘’′´"
SINGLE_QUOTES: Final = "‘’‚‛‹›′´"
SPACES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "\u00a0": ("espace insécable", "no-break space"),
        "\u202f": ("espace insécable fine", "narrow no-break space"),
        "\u2007": ("espace de chiffre", "figure space"),
        "\u2009": ("espace fine", "thin space"),
        "\u2002": ("demi-cadratin", "en space"),
        "\u2003": ("cadratin", "em space"),
        "\u3000": ("espace idéographique", "ideographic space"),
        "\u200b": ("espace de largeur nulle", "zero-width space"),
        "\u2060": ("gluon de mots", "word joiner"),
        "\u200e": ("marque de sens d’écriture", "writing direction mark"),
        "\u200f": ("marque de sens d’écriture", "writing direction mark"),
        "\u00ad": ("trait d’union conditionnel", "soft hyphen"),
        "\u2028": ("séparateur de lignes", "line separator"),
        "\u2029": ("séparateur de paragraphes", "paragraph separator"),
        "\x0b": ("tabulation verticale", "vertical tab"),
        "\x0c": ("saut de page", "form feed"),
        "\x85": ("saut de ligne NEL", "next line (NEL)"),
    }
)
SIGNS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "≥": (">=", "signe mathématique", "mathematical sign"),
        "≤": ("<=", "signe mathématique", "mathematical sign"),
        "≠": ("!=", "signe mathématique", "mathematical sign"),
        "×": ("*", "signe mathématique", "mathematical sign"),
        "÷": ("/", "signe mathématique", "mathematical sign"),
        "∧": ("&&", "signe mathématique", "mathematical sign"),
        "∨": ("||", "signe mathématique", "mathematical sign"),
        "¬": ("!", "signe mathématique", "mathematical sign"),
        "−": ("-", "signe moins typographique", "typographic minus sign"),
        "–": ("-", "tiret demi-cadratin", "en dash"),
        "—": ("-", "tiret cadratin", "em dash"),
        "‐": ("-", "trait d’union typographique", "typographic hyphen"),
        "\u2011": ("-", "tiret insécable", "non-breaking hyphen"),
        "；": (";", "signe pleine chasse", "full-width sign"),
        "，": (",", "signe pleine chasse", "full-width sign"),
        "？": ("?", "signe pleine chasse", "full-width sign"),
        "（": ("(", "signe pleine chasse", "full-width sign"),
        "）": (")", "signe pleine chasse", "full-width sign"),
    }
)
ENTITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "&lt;": "<",
        "&gt;": ">",
        "&amp;": "&",
        "&quot;": '"',
        "&apos;": "'",
        "&#39;": "'",
        "&#34;": '"',
        "&#x27;": "'",
        "&nbsp;": " ",
        "&#160;": " ",
    }
)
EQUALITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "==": "=",
        "===": "=",
        "<>": "!=",
        "!==": "!=",
        "=>": ">=",
        "=<": "<=",
    }
)
