import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from composer_app.distributions import DataFileError, Distribution, Gaussian
from composer_app.errors import ComposerError
from tests.irregular import IRREGULAR, put_irregular


def written(folder: Path, content: bytes) -> Path:
    path = folder / "numbers.txt"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        (b"1\n2\n3", [1, 2, 3]),
        (b"1.5\r\n-2e3\r\n", [1.5, -2000]),
        (b"\xef\xbb\xbf# heights\n\n 7 # the tallest\n\n", [7]),
    ],
)
def test_numbers_are_read_from_a_file(tmp_path: Path, content: bytes, numbers: list[float]) -> None:
    distribution = Distribution()
    distribution.read_data_file(written(tmp_path, content))
    assert distribution.data.tolist() == numbers


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"1\n\ntwo\n", "Line 3 .* is not a number: 'two'"),
        (b"nan\n", "Line 1 .* is not a number"),
        (b"1\n1e999", "Line 2 .* is not a number"),
        (b"1\r\n\r\n2,5\r\n", "Line 3 .* is not a number: '2,5'"),
        (b"1\n-1e200\n", "Line 2 .* is too large a number: '-1e200'"),
        (b"1\n1_000\n", "Line 2 .* is not a number: '1_000'"),
        (b"1\n2 3\n", "Line 2 .* is not a number: '2 3'"),
        (b"1\x0c2\nx\n", "Line 1 .* is not a number"),
        (b"", "no numbers"),
        (b"# nothing\n\n", "no numbers"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_a_bad_file_is_an_error_and_changes_nothing(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    distribution = Distribution()
    distribution.data = [1.0]
    with pytest.raises(DataFileError, match=complaint) as caught:
        distribution.read_data_file(written(tmp_path, content))
    assert isinstance(caught.value, ComposerError)
    assert distribution.data.tolist() == [1.0]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.floats(-1e150, 1e150), min_size=1),
    st.sampled_from(["\n", "\r\n", "\n\n", " # note\n", "\t\n# 7\n"]),
)
def test_any_numbers_come_back_as_they_were_written(
    tmp_path: Path, numbers: list[float], ending: str
) -> None:
    distribution = Distribution()
    distribution.read_data_file(
        written(tmp_path, "".join(f"{number!r}{ending}" for number in numbers).encode())
    )
    assert distribution.data.tolist() == numbers


@pytest.mark.parametrize("name", [".", "missing.txt"])
def test_what_is_no_file_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataFileError, match="cannot be read"):
        Distribution().read_data_file(tmp_path / name)


@pytest.mark.parametrize("kind", IRREGULAR)
def test_what_is_no_file_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    reason = put_irregular(tmp_path / "numbers.txt", kind)
    with pytest.raises(DataFileError, match=f"cannot be read as a text file: .*{reason}"):
        Distribution().read_data_file(tmp_path / "numbers.txt")


def test_data_change_the_figures_only_when_asked(tmp_path: Path) -> None:
    gaussian = Gaussian(5, 2)
    gaussian.read_data_file(written(tmp_path, b"1\n2\n3\n"))
    assert (gaussian.mean, gaussian.stdev) == (5, 2)
    assert (gaussian.calculate_mean(), gaussian.calculate_stdev()) == (2, 1)


def test_data_are_copied_and_finite() -> None:
    distribution = Distribution()
    mine = [1.0, 2.0]
    distribution.data = mine
    mine[0] = 9.0
    assert distribution.data.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="finite"):
        distribution.data = [float("inf")]
    with pytest.raises(ValueError, match="finite"):
        distribution.data = ["seven"]  # type: ignore[list-item]
    assert distribution.data.tolist() == [1.0, 2.0]


def test_a_distribution_says_its_two_numbers() -> None:
    assert repr(Distribution()) == "mean 0, standard deviation 1"
    assert repr(Distribution(2.5, 0.1)) == "mean 2.5, standard deviation 0.1"


@pytest.mark.parametrize(("mu", "sigma"), [(0, -1), (float("nan"), 1), (0, float("inf"))])
def test_a_mean_and_a_spread_must_make_sense(mu: float, sigma: float) -> None:
    with pytest.raises(ValueError, match="standard deviation"):
        Distribution(mu, sigma)


def test_without_axes_the_current_figure_of_pyplot_is_drawn_on() -> None:
    program = (
        "import sys; from composer_app.distributions import Binomial, Gaussian;"
        "assert 'matplotlib' not in sys.modules;"
        "import matplotlib; matplotlib.use('agg'); from matplotlib import pyplot;"
        "assert Binomial().plot_bar() is pyplot.gca()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
