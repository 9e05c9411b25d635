"""The catalogue as files: tables and JSON in and out, by our own column names or by those of the national exchange.

``columns`` says what a column is, ``cells`` how a value stands in a cell, ``sources`` tells what a file really is and opens it,
``csv_reading``, ``json_reading`` and ``xlsx_reading`` read it piece by piece, ``given`` makes one item of what was read,
``records`` checks it, ``guides`` reads the departments' guides, ``writing`` writes, ``marking`` shows the faults in a workbook.
Nothing here asks the database.
"""
