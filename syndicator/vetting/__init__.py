"""`syndicator vet`: facts about a source -> a verdict with its reasons.

gathering  fetches, and asks the configuration and the state file: Facts
planning   adds the fate of the posts in the planet: filters, credit, first day
judging    Facts -> Verdict; holds all thresholds                            pure
words      Verdict -> lines for a person, or Markdown                        pure
"""
