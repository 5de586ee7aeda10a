"""The living programme: where the log says the patient is, and the smallest safe change that follows."""
