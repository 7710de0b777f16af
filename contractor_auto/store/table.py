"""What every table has in common: the one database of this process."""

import peewee

proxy = peewee.DatabaseProxy()


class Table(peewee.Model):
    class Meta:
        database = proxy
        legacy_table_names = False
