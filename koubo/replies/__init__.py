"""Replies to viewers' comments: intent, facts that answer, one or two spoken sentences, or an honest "I will check"."""
