"""Schemathesis at the doors of the furnished house: what is asked, with whose ids and secrets, and what came of it."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from schemathesis import Case, Response
from schemathesis.checks import load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.generation.overrides import Override

from tests.house.doors import UNSAFE, Unclassified, kind_of
from tests.house.visiting import Furnished, Visitor
from tests.manners.judging import is_fair
from tests.manners.keys import known_keys
from todoapp.faces import API
from todoapp.kit.clock import ZONES
from todoapp.users.tokens import access_token

OPERATIONS = [f"{blueprint.name}_{endpoint}" for blueprint in API for endpoint in blueprint._docs]
"""Every operation of the API by its id."""

SOMETIMES = 7
"""One id in so many is nobody's, one body in so many holds no key that opens, one case in so many is a member's, not the owner's."""

schemathesis.openapi.format("iana-time-zone", st.sampled_from(sorted(ZONES)))
schemathesis.openapi.format("uri", st.sampled_from(["https://example.com/a.png", "https://example.org:8443/?a=b#c"]))


@dataclass(frozen=True)
class Effort:
    """How much is asked: so many of the cases that cover the description (None: all), and so many random ones."""

    covering: int | None
    random: int


class Asker:
    """Asks one operation all that Schemathesis can think of, and puts the house back after each deed."""

    def __init__(self, furnished: Furnished):
        load_all_checks()
        self.furnished = furnished
        self.keys = known_keys(furnished)
        self.photograph = furnished.camera.take()
        self.asked = 0
        self.schema = schemathesis.openapi.from_wsgi("/api/openapi.json", furnished.app)
        self.schema.config.generation.with_security_parameters = False

        @self.schema.hook
        def map_case(_context: Any, case: Case) -> Case:
            return self.made_real(case)

        @self.schema.hook
        def after_call(_context: Any, _case: Case, response: Response) -> None:
            if response.request.method in UNSAFE:
                furnished.camera.put_back(self.photograph)

    def ask(self, operation_id: str, effort: Effort) -> list[str]:
        """What is wrong with the answers of an operation, each kind of it once."""
        operation = self.schema.find_operation_by_id(operation_id)
        self.furnished.camera.put_back(self.photograph)
        self.asked = 0
        wrong: dict[Any, str] = {}

        def asked(case: Case) -> None:
            for key, text in self.complaints(case):
                wrong.setdefault(key, text)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for case in self.covering(operation, effort.covering):
                asked(case)
            self.at_random(operation, asked, effort.random)()
        return list(wrong.values())

    def covering(self, operation: Any, most: int | None) -> list[Case]:
        """Cases that reach every part of the description and every way to break it, or so many of them, evenly drawn."""
        generator = CoverageGenerator(
            operation=operation,
            generation_modes=list(GenerationMode),
            generation_config=self.schema.config.generation,
            auth_storage=None,
            override=Override(),
            feedback=NO_FEEDBACK,
        )
        cases = list(generator)
        return cases if most is None else cases[:: max(1, -(-len(cases) // most))]

    def at_random(self, operation: Any, asked: Callable[[Case], None], count: int) -> Any:
        """A test that asks the examples of the description and random cases, valid and invalid, the same each time."""
        kept = settings(
            max_examples=count,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        modes = [HypothesisTestMode.EXAMPLES, HypothesisTestMode.FUZZING]
        config = HypothesisTestConfig(project=self.schema.config, modes=modes, settings=kept)
        return create_test(operation=operation, test_func=asked, config=config)

    def complaints(self, case: Case) -> Iterator[tuple[Any, str]]:
        """What Schemathesis says of the answer to one case, in all its checks."""
        self.asked += 1
        headers = self.authorization(self.furnished.zoe if self.asked % SOMETIMES else self.furnished.zak)
        response = case.call(headers=headers)
        try:
            case.validate_response(response, headers=headers, transport_kwargs={"headers": headers})
        except FailureGroup as group:
            for failure in group.exceptions:
                if not is_fair(failure, case, response):
                    yield (type(failure), failure.message[:200]), f"{failure.message}\n{group}"

    def authorization(self, who: Visitor) -> dict[str, str]:
        """The header that a well-behaved client of that person sends."""
        with self.furnished.app.app_context():
            return {"Authorization": f"Bearer {access_token(who.api_session)}"}  # type: ignore[arg-type]

    def made_real(self, case: Case) -> Case:
        """The case with ids that there are and keys that open, mostly: else nearly all would be missing."""
        case.path_parameters = self.real(case.path_parameters)
        case.query = self.real(case.query)
        case.body = self.real(case.body)
        is_valid = case.meta is not None and not case.meta.is_negative_at(ParameterLocation.BODY)
        if is_valid and isinstance(case.body, dict) and self.asked % SOMETIMES:
            case.body |= self.keys.get(case.operation.definition.raw["operationId"], {})
        return case

    def real(self, value: Any, name: str = "") -> Any:
        """A value with ids that there are."""
        if isinstance(value, dict):
            return {key: self.real(part, key) for key, part in value.items()}
        if isinstance(value, list):
            return [self.real(part, name) for part in value]
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63 or value % SOMETIMES == 0:
            return value
        with suppress(Unclassified):
            if kind := kind_of(name):
                ids = self.furnished.theirs.of(kind)
                return ids[value % len(ids)]
        return value
