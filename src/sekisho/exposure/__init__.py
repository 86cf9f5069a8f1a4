"""What a change of the law does to a supply network: how long sites last, and what it costs.

>>> import sekisho
>>> from sekisho.exposure import Asked, expose, read_network, write_template
>>> import tempfile
>>> folder = tempfile.mkdtemp()
>>> _ = write_template(folder)
>>> register = sekisho.open_register()
>>> network = read_network(folder, register)
>>> found = expose(network, register, Asked(event="jp-three-materials-individual"))
>>> found.survival_weeks, round(found.lost_margin.typical, 2)
(Band(low=4.0, typical=4.0, high=4.0), 758333.33)
"""

from sekisho.exposure.closings import Stop
from sekisho.exposure.expose import Asked, expose
from sekisho.exposure.load import network_of, read_network
from sekisho.exposure.orders import read_orders
from sekisho.exposure.result import Exposure
from sekisho.exposure.tables import as_tables
from sekisho.exposure.template_files import write_template

__all__ = [
    "Asked",
    "Exposure",
    "Stop",
    "as_tables",
    "expose",
    "network_of",
    "read_network",
    "read_orders",
    "write_template",
]
