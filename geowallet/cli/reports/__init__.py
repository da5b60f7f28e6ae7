"""``report``: the owner's figures on the terminal and on paper, the same in every form."""
