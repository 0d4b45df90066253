package sts

// The texts that STS sends, in one place so that they can be corrected.
const (
	msgAction      = "Could not find operation %s for version 2011-06-15"
	msgRequired    = "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must not be null"
	msgARN         = "%s is invalid"
	msgSessionName = "1 validation error detected: Value '%s' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
	msgDuration    = "1 validation error detected: Value '%s' at 'durationSeconds' failed to satisfy constraint: Member must be between %d and %d"
	msgExpired     = "The security token included in the request is expired"
	msgForm        = "The request could not be read: %s"
)
