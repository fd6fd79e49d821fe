"""Lists the twins, one in a line: its name, a tab, and why it is not validated, if it is not."""

from contract.application import TWINS

for name, twin in TWINS.items():
    print(f"{name}\t{twin.unvalidated or ''}")
