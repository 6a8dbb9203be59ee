"""The secret of the local stack: made once, for its owner alone."""

from deployments.local.secret import SHORTEST, kept_secret


def test_it_is_made_once_and_nobody_else_reads_it(tmp_path):
    file = tmp_path / "made" / "auth-secret"
    made = kept_secret(file)
    assert len(made) >= SHORTEST and file.stat().st_mode & 0o777 == 0o600
    assert kept_secret(file) == made
    assert kept_secret(tmp_path / "another") != made
    file.write_text("cut off")
    assert kept_secret(file) not in ("cut off", made)
