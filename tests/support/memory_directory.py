"""The directories of the sandbox country, asked in memory."""

from sdg_connector.sandbox.catalogue import CountryCatalogue, requirements


class MemoryDirectory:
    """The port ``Directory`` over the sandbox's catalogue."""

    async def requirements(self, *, procedure=None, country=None):
        return tuple(requirements(procedure, country))

    async def evidence_types(self, *, requirement, country=None):
        return (CountryCatalogue(country).requirement_with_types(),)

    async def data_services(self, *, classification, country, **answers):
        return (CountryCatalogue(country).data_service(),)
