"""How long inference takes, beside owlrl: `python tests/bench/closure_speed.py [TRIPLES…]`.

The graph is generated: cooperation activities with participations, places within places,
organisations within organisations, themes within themes. owlrl is only asked about the sizes it
can answer in a minute or two; the ratio is the result, since machines differ.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from closure_oracle import A, Oracle, ex, turtle
from pyoxigraph import Literal

from coopkg import rules

OWLRL_UP_TO = 6_000
ONTOLOGY = """
:Organisation a owl:Class . :Activity a owl:Class . :Place a owl:Class . :Theme a owl:Class .
:PublicBody a owl:Class ; rdfs:subClassOf :Organisation . :Ministry rdfs:subClassOf :PublicBody .
:Agency rdfs:subClassOf :PublicBody . :Association rdfs:subClassOf :Organisation .
:Country rdfs:subClassOf :Place . :Region rdfs:subClassOf :Place . :Participation a owl:Class .
:Ministry a owl:Class . :Agency a owl:Class . :Country a owl:Class . :Region a owl:Class .
:within a owl:ObjectProperty, owl:TransitiveProperty ; rdfs:domain :Place ; rdfs:range :Place .
:unitOf a owl:ObjectProperty ; rdfs:subPropertyOf :partOf .
:partOf a owl:ObjectProperty, owl:TransitiveProperty ; owl:inverseOf :hasPart .
:country a owl:ObjectProperty ; rdfs:subPropertyOf :covers ; rdfs:range :Country .
:covers a owl:ObjectProperty ; rdfs:domain :Activity ; rdfs:range :Place ;
    owl:propertyChainAxiom ( :country :within ) .
:purpose a owl:ObjectProperty ; rdfs:subPropertyOf :theme .
:theme a owl:ObjectProperty ; rdfs:range :Theme .
:participation a owl:ObjectProperty ; rdfs:range :Participation .
:hasParticipant a owl:ObjectProperty ; rdfs:range :Organisation ; owl:inverseOf :takesPartIn ;
    owl:propertyChainAxiom ( :participation :participant ) .
:relatedTheme a owl:ObjectProperty, owl:SymmetricProperty .
[ owl:intersectionOf ( :Participation [ owl:onProperty :role ; owl:hasValue :funder ] ) ]
    rdfs:subClassOf :FunderParticipation .
[ owl:onProperty :participation ; owl:someValuesFrom :FunderParticipation ]
    rdfs:subClassOf :FundedActivity .
:MediterraneanOrganisation owl:equivalentClass [ owl:intersectionOf (
    :Organisation [ owl:onProperty :basedWithin ; owl:hasValue :region0 ] ) ] .
:basedIn rdfs:subPropertyOf :basedWithin .
:basedWithin owl:propertyChainAxiom ( :basedIn :within ) .
[ owl:unionOf ( :Ministry :Agency ) ] rdfs:subClassOf :StateActor .
"""


def data(size: int, random: Random) -> list[Any]:
    """Return about `size` triples; the mean activity has eleven."""
    activities, organisations = size // 14, max(size // 60, 5)
    made: list[Any] = []
    kinds = [ex(kind) for kind in ("Ministry", "Agency", "Association", "PublicBody")]
    countries = [ex(f"country{n}") for n in range(200)]
    for n, country in enumerate(countries):
        made += [(country, A, ex("Country")), (country, ex("within"), ex(f"region{n % 20}"))]
    made += [(ex(f"region{n}"), ex("within"), ex(f"continent{n % 5}")) for n in range(20)]
    themes = [ex(f"theme{n}") for n in range(300)]
    made += [(theme, ex("relatedTheme"), random.choice(themes)) for theme in themes]
    bodies = [ex(f"organisation{n}") for n in range(organisations)]
    for n, body in enumerate(bodies):
        made += [
            (body, A, random.choice(kinds)), (body, ex("basedIn"), random.choice(countries)),
            (body, ex("label"), Literal(f"organisation {n}", language="fr")),
        ]  # fmt: skip
        if n % 3:
            made.append((body, ex("unitOf"), bodies[n // 3]))
    for n in range(activities):
        activity = ex(f"activity{n}")
        made += [
            (activity, A, ex("Activity")), (activity, ex("country"), random.choice(countries)),
            (activity, ex("purpose"), random.choice(themes)),
            (activity, ex("label"), Literal(f"activité {n}", language="fr")),
            (activity, ex("year"), Literal(2000 + n % 20)),
        ]  # fmt: skip
        for m in range(2):
            part = ex(f"participation{n}-{m}")
            made += [
                (activity, ex("participation"), part),
                (part, ex("participant"), random.choice(bodies)),
                (part, ex("role"), ex(random.choice(("lead", "partner", "partner", "funder")))),
                (part, A, ex("Participation")),
            ]  # fmt: skip
    return made


def main(sizes: list[int]) -> None:
    ontology = turtle(ONTOLOGY)
    compiled = rules.compiled(ontology)
    print("triples   rules s   inferred  rounds  peak MB   owlrl s    ratio  equal")
    for size in sizes:
        triples = [*data(size, Random(size)), *ontology]
        start = time.perf_counter()
        inferred = rules.closure(triples, compiled)
        ours = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        line = f"{len(triples):>8} {ours:>8.2f} {len(inferred):>10} {inferred.rounds:>6} {peak:>8}"
        if size <= OWLRL_UP_TO:
            oracle = Oracle()
            start = time.perf_counter()
            theirs = oracle.close(triples).triples
            spent = time.perf_counter() - start
            oracle.stop()
            wanted = {t for t in theirs if rules.publishable(t)} - set(triples)
            line += f" {spent:>10.1f} {spent / ours:>7.0f}x {wanted == set(inferred.triples)}"
        print(line)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [2_000, 5_000, 100_000, 1_000_000])
