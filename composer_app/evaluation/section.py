"""Tables as text, which an evaluation is made of."""

# Head and lines; and a table with its heading.
Table = tuple[list[str], list[list[str]]]
Section = tuple[str, Table]
