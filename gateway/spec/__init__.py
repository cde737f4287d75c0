"""An OpenAPI document read into an ApiDescription that knows where each element stands."""
