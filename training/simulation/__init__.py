"""Simulated days of travellers with the truth about every leg.

    python -m training.simulation --out DIR --seed N [--quick]

Roads are driven in Eclipse SUMO; rails, paths and everything else by the kinematics of
`profile`. Every range stands in the code with its source; none was taken from data that
the model is measured on.
"""
