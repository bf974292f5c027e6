"""Tests of Markdown tables that no text can break."""

from heartbeat_assets.components.markdown_tables import markdown_table


def test_a_cell_cannot_break_its_table() -> None:
    assert markdown_table(["a|b"], [["x\ny|z"]]) == "| a\\|b |\n| --- |\n| x y\\|z |"
