package server

// The texts that ECS sends, in one place so that they can be corrected. The
// sentences that are known from real output stand first in each group; the
// others are best guesses, so tests look at codes.

// Clusters.
const (
	msgClusterNotFound          = "Cluster not found."
	msgClusterInactive          = "The referenced cluster was inactive."
	msgClusterContainsTasks     = "The Cluster cannot be deleted while Tasks are active."
	msgClusterContainsServices  = "The Cluster cannot be deleted while Services are active."
	msgClusterContainsInstances = "The Cluster cannot be deleted while Container Instances are active or draining."
	msgClusterName              = "Invalid cluster name: %s"
	msgClustersTooMany          = "A request can describe at most %d clusters."
)

// Requests in general.
const (
	msgInvalidToken         = "Invalid token."
	msgMaxResults           = "maxResults must be between 1 and %d."
	msgUnsupportedMember    = "%s is not supported by this endpoint."
	msgUnsupportedOperation = "The operation %s is not supported by this endpoint."
	msgEmpty                = "%s cannot be empty."
)

// Tasks.
const (
	msgTasksEmpty            = "Tasks cannot be empty."
	msgTaskNotFound          = "The referenced task was not found."
	msgTaskIdentifier        = "Invalid identifier: %s"
	msgTaskCount             = "count must be between 1 and %d."
	msgTasksTooMany          = "A request can describe at most %d tasks."
	msgTaskDefinitionMissing = "TaskDefinition not found."
	msgTaskDefinitionIdle    = "TaskDefinition is inactive"
	msgNetworkRequired       = "Network Configuration must be provided when networkMode 'awsvpc' is specified."
	msgNetworkUnwanted       = "Network Configuration is not valid for the given networkMode of this task definition."
	msgSubnetsEmpty          = "subnets can not be empty."
	msgSubnetsTooMany        = "subnets can have at most %d items."
	msgGroupsTooMany         = "securityGroups can have at most %d items."
	msgLaunchType            = "Task definition does not support launch_type %s."
	msgLaunchTypeUnknown     = "Invalid launch type: %s"
	msgLaunchAndStrategy     = "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
	msgOverrideUnknown       = "Override for container named %s is not a container in the TaskDefinition."
	msgOverridesTooLong      = "Container override length must be at most %d."
	msgPropagateTags         = "propagateTags %s is not supported for RunTask."
	msgExecRole              = "The ECS exec feature requires a task role. Specify one in the task definition or the task override."
	msgClientToken           = "clientToken must have 1 to %d characters of ASCII 33 to 126."
	msgTokenReused           = "The client token was used before with other parameters."
	msgStartedBy             = "startedBy must have at most 128 characters of letters, digits, -, / and _."
	msgGroup                 = "Invalid group: %s"
	msgReason                = "reason must have at most 1024 characters."
	msgDesiredStatus         = "desiredStatus must be one of RUNNING, PENDING, STOPPED."
	msgStartedByAlone        = "startedBy cannot be combined with other filters."
	msgFamilyAndService      = "family and serviceName cannot be combined."
	msgServiceNotFound       = "Service not found."
)

// The reasons of a task that stops.
const (
	reasonEssential       = "Essential container in task exited"
	reasonUser            = "Task stopped by user"
	reasonFailedToStart   = "Task failed to start"
	reasonOOM             = "OutOfMemoryError: Container killed due to memory usage"
	reasonDependencyNever = "dependency graph: failed to resolve container ordering dependency [%s] for target [%s] %s"
	dependencyTimedOut    = "has timed out."
	dependencyUnhappy     = "as dependency did not exit successfully."
	dependencyNeverStarts = "because dependency will never start"
	reasonLogs            = "Error response from daemon: failed to initialize logging driver: %w"
	reasonLogsFargate     = "failed to validate logger args: create stream has been retried 1 times: %w: exit status 1"
	reasonEnvFile         = "failed to download env files: %w"
	reasonTransition      = "Could not transition to %s; timed out after waiting %s"
	reasonClosed          = "The fixture was closed"
)

// Cluster settings and capacity providers.
const (
	msgProviderNotAssociated = "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again."
	msgProviderUnknown       = "The specified capacity provider %s was not found."
	msgStrategyTooLong       = "A capacity provider strategy can have at most %d capacity providers."
	msgStrategyRange         = "The base of a capacity provider must be between 0 and %d, its weight between 0 and %d."
	msgStrategyBases         = "Only one capacity provider in a capacity provider strategy can have a base."
	msgClusterSetting        = "%s is not a cluster setting. It must be containerInsights."
	msgClusterSettingValue   = "The value %s of %s is invalid. It must be one of %v."
	msgExecLogging           = "logConfiguration must be specified when logging is OVERRIDE."
	msgRequired              = "%s must be specified."
	msgEnum                  = "The value %s of %s is invalid. It must be one of %s."
)

// Tags.
const (
	msgTagsClusterInactive = "The specified cluster is inactive. Specify an active cluster and try again."
	msgARN                 = "The ARN provided is invalid."
	msgResourceNotFound    = "The specified %s was not found. Specify a valid %s and try again."
	msgTagKeyEmpty         = "Tag keys cannot be empty."
	msgTagKeyLong          = "Tag keys can have at most %d characters."
	msgTagValueLong        = "Tag values can have at most %d characters."
	msgTagCharacters       = "The tag %s has invalid characters."
	msgTagReserved         = "The tag %s is invalid: the prefix aws: is reserved."
	msgTagDuplicate        = "Duplicate keys are not allowed in tags: %s"
	msgTagsTooMany         = "A resource can have at most %d tags."
)

// Task definitions.
const (
	msgRevisionNumber = "Invalid revision number. Number: %s"
)
