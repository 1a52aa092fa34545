"""Pictures that come with tips: sealed on arrival, inspected by the worker."""
