"""Events in a sentence: who does what to whom, clause by clause.

A frame joins an act ("lifted", "the removal of") with a thing ("export curbs", "the white
list"). Who acts is the subject of the clause, or the owner of the act; toward whom is said
by the clause, or left to the article (see :mod:`sekisho.reading.article`).
"""
