"""The kind of answer that a question wants: a few words, a verdict, or everything that is said."""

from __future__ import annotations

from qa.dialogue import question_form

BROAD = """
What did they discuss?
How does the scanner connect?
What are the risks?
What is said about migration?
Why did they meet?
Could you tell me what happened in 1916?
tell me about the cameras
What should I do if it jams?
Which rules are there?
"""
YES_NO = """
Is the bridge lit at night?
did he sign it?
And may dogs come along?
"""
SHORT = """
Who opened the bridge?
How long did it take?
How many came?
What is the height of the tower?
What is it called?
When did they discuss it?
Is it red or blue?
Can you tell me who paid?
Which minister resigned?
"""


def test_the_first_words_show_what_a_question_wants() -> None:
    for form, questions in (("broad", BROAD), ("yes_no", YES_NO), ("short", SHORT)):
        found = {question: question_form(question) for question in questions.split("\n") if question}
        assert set(found.values()) == {form}, found
