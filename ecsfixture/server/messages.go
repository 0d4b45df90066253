package server

import "github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/placement"

// The texts that ECS sends, in one place so that they can be corrected. The
// sentences that are known from real output stand first in each group; the
// others are best guesses, so tests look at codes.

// Clusters.
const (
	msgClusterNotFound          = "Cluster not found."
	msgClusterInactive          = "The referenced cluster was inactive"
	msgClusterContainsTasks     = "The Cluster cannot be deleted while Tasks are active."
	msgClusterContainsServices  = "The Cluster cannot be deleted while Services are active."
	msgClusterContainsInstances = "The Cluster cannot be deleted while Container Instances are active or draining."
	msgClusterName              = "Invalid cluster name: %s"
	msgClustersTooMany          = "A request can describe at most %d clusters."
)

// Container instances.
const (
	msgInstanceStatus    = "Container instances status should be one of [ACTIVE, DRAINING]"
	msgInstanceBusy      = "Found running tasks on the instance."
	msgTargetType        = "targetType must be container-instance"
	msgInstancesTooMany  = "A request can have at most %d container instances."
	msgInstanceNotFound  = "The referenced container instance was not found."
	msgInstancePort      = "Invalid port: %s"
	msgIdentityDocument  = "The instance identity document is invalid."
	msgTargetNotFound    = "The specified target was not found."
	msgAttributeName     = "Invalid attribute name: %s"
	msgAttributeValue    = "The value of the attribute %s is invalid."
	msgAttributesTooMany = "A request can have at most %d attributes."
	msgAttributeLimit    = "A container instance can have at most %d custom attributes."
	msgFilter            = "Invalid filter: %v"
)

// Placement.
const (
	reasonNoInstances     = "No Container Instances were found in your cluster."
	reasonEmptyProvider   = "EMPTY CAPACITY PROVIDER"
	reasonNoneActive      = "NO ACTIVE INSTANCES"
	msgExpression         = "Invalid placement constraint expression: %v"
	msgDistinctExpression = "A placement constraint of type distinctInstance cannot have an expression."
)

// Account settings.
const (
	msgSettingFixed   = "You can no longer disable %s."
	msgSettingName    = "unknown should be one of [%s]"
	msgSettingValue   = "The value %s of %s is invalid. It must be one of %v."
	msgSettingManaged = "The account setting %s is managed by AWS."
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
	msgPlatformEC2           = "The platform version must be null when specifying an %s launch type."
	msgPlatformOld           = "One or more of the requested capabilities are not supported."
	msgPlatformUnknown       = "The specified platform version does not exist."
	msgLaunchTypeUnknown     = "Invalid launch type: %s"
	msgLaunchAndStrategy     = "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
	msgOverrideUnknown       = "Override for container named %s is not a container in the TaskDefinition."
	msgVolumeNotAtLaunch     = "Volume configuration provided but no matching configuredAtLaunch volume found in task definition."
	msgVolumeAtLaunch        = "A volume configuration must be provided for the volume '%s', which is configured at launch."
	msgVolumeTwice           = "The volume '%s' has more than one volume configuration."
	msgVolumeType            = "Invalid EBS volume type: %s"
	msgVolumeSize            = "Either sizeInGiB or snapshotId must be specified for a managed EBS volume."
	msgVolumeBounds          = "%s of a %s volume must be between %d and %d."
	msgVolumeMember          = "%s is not supported for %s volumes."
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
	dependencyTimedOut    = "dependency graph: container ordering dependency [%s] for target [%s] has timed out."
	dependencyUnhappy     = "dependency graph: failed to resolve container ordering dependency [%s] for target [%s] as dependency did not exit successfully."
	dependencyNeverStarts = "dependency graph: failed to resolve container ordering dependency [%s] for target [%s] because dependency will never start"
	reasonLogs            = "Error response from daemon: failed to initialize logging driver: %w"
	reasonLogsFargate     = "failed to validate logger args: create stream has been retried 1 times: %w: exit status 1"
	reasonMount           = "failed to invoke %s utils commands to set up %s volumes: stderr: mount.nfs4: mounting %s:%s failed, reason given by server: No such file or directory : unsuccessful %s utils command execution; code: 32"
	reasonEnvFile         = "failed to download env files: %w"
	reasonTransition      = "Could not transition to %s; timed out after waiting %s"
	reasonClosed          = "The fixture was closed"
	reasonTerminated      = "Host EC2 (instance %s) terminated."
	reasonDeregistered    = "Container instance deregistration forced by user"
)

// Cluster settings and capacity providers.
const (
	msgProviderNotAssociated = "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again."
	msgProviderUnknown       = "The specified capacity provider %s was not found."
	msgProviderMissing       = "The specified capacity provider does not exist. Specify a valid name or ARN and try again."
	msgProviderInUse         = "The specified capacity provider is in use and cannot be removed."
	msgProviderExists        = "The specified capacity provider already exists. To change the configuration of an existing capacity provider, update the capacity provider."
	msgProviderName          = "The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with \"aws\", \"ecs\", or \"fargate\"."
	msgProviderGroupTaken    = "The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique Auto Scaling group ARN and try again."
	msgProviderReserved      = "The specified capacity provider is reserved and cannot be changed."
	msgProviderGroup         = "The specified Auto Scaling group ARN is invalid."
	msgProviderProtection    = "The managed termination protection of a capacity provider needs managed scaling to be enabled."
	msgStrategyMixed         = "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers."
	msgStrategyWeights       = "A capacity provider strategy must have at least one capacity provider with a weight greater than 0."
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
	msgRevisionNumber     = "Invalid revision number. Number: %s"
	msgRevisionMissing    = "Revision is missing."
	msgDefinitionDescribe = "Unable to describe task definition."
	msgDefinitionUnknown  = "The specified task definition does not exist."
	msgDefinitionDeleting = "The specified task definition is in the process of being deleted."
	msgFamilyEmpty        = "Family should not be null or empty."
	msgFamilyCharacters   = "Family contains invalid characters."
	msgDefinitionSize     = "Actual length: '%d'. Max allowed length is '%d' bytes."
	msgTaskSize           = "Invalid '%s' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
	msgContainerTooLarge  = "The '%s' setting for container '%s' is greater than for the task."
	msgRole               = "Role is not valid"
	msgRoleNeeded         = "When you are specifying %s, you must also specify a value for 'executionRoleArn'."
	msgVolumeKinds        = "When the volume parameter is specified, only one volume configuration type should be used."
	msgVolumeUnknown      = "Unknown volume '%s'."
	msgModeLinks          = "Links are not supported when networkMode=%s."
	msgModePorts          = "Port mappings are not supported when networkMode=%s."
	msgModePortsDiffer    = "When networkMode=%s, the host ports and container ports in port mappings must match."
	msgModeContainer      = "%s not supported on container when networkMode=%s."
	msgFargateMode        = "Fargate only supports network mode ‘awsvpc’."
	msgLaunchNeeds        = "%s requires that '%s' be defined at the task level."
	msgLaunchRole         = "%s requires task definition to have execution role ARN to support %s."
	msgFargateSize        = "No Fargate configuration exists for given values: %d CPU, %d memory. See the Amazon ECS documentation for the valid values."
	msgFargateMember      = "Fargate compatible task definitions do not support %s"
	msgFargateTasks       = "Tasks using the Fargate launch type do not support %s."
	msgFargateTimeout     = "Tasks using the Fargate launch type must have a container %s timeout of less than %d seconds."
	msgFargateStream      = "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs."
	msgFargateDriver      = "%s is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]"

	msgDefinitionsTooMany = "A request can delete at most %d task definitions."
	msgContainersTooLarge = "The '%s' settings of the containers together are greater than for the task."
	msgConstraintsTooMany = "A task definition can have at most %d placement constraints."
	msgEphemeralStorage   = "The size of the ephemeral storage must be between %d GiB and %d GiB."
	msgVolumeDuplicate    = "Volume.name must be unique: %s"
	msgVolumesAtLaunch    = "A task definition can have at most one volume that is configured at launch."
	msgEFSAccessRoot      = "The root directory must be omitted or / where there is an EFS access point."
	msgAutoprovision      = "The volume '%s' can have autoprovision only if its scope is shared."
	msgEFSEncryption      = "EFS transit encryption must be enabled for %s."
	msgVolumesFromUnknown = "Unknown container '%s' in volumesFrom of container '%s'."
	msgLinkUnknown        = "Unknown container '%s' in links of container '%s'."
	msgPortNameDuplicate  = "PortMapping.name must be unique: %s"
	msgFargatePID         = "Tasks using the Fargate launch type support only the pidMode task."
	msgExternalMode       = "External instances do not support network mode '%s'."
	msgManagedMode        = "Managed Instances only support network modes 'awsvpc' and 'host'."

	reasonDefinitionUnknown = "The specified task definition does not exist. Specify a valid account, family, revision and try again."
	reasonDefinitionActive  = "The specified task definition is still in ACTIVE status. Please deregister the target and try again."
)

// Container definitions.
const (
	msgContainersEmpty     = "Container list cannot be empty."
	msgContainersTooMany   = "Too many containers."
	msgNull                = "%s should not be null or empty."
	msgCharacters          = "%s contains invalid characters."
	msgNoMemory            = "Invalid setting for container '%s'. At least one of 'memory' or 'memoryReservation' must be specified."
	msgLogOptions          = "Log driver %s requires options: %s"
	msgLogOptionsExtra     = "Log driver %s disallows options: %s"
	msgDependencyUnknown   = "Cannot depend on container + '%s' because it does not exist"
	msgDependencyEssential = "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"
	msgDependencyHealth    = "A dependency container with HEALTHY condition must have health check configured"
	msgTimeout             = "Granular %s timeout on container '%s' must be at least %d seconds."
	msgSecretTwice         = "Duplicate secret names found: %s. Each secret name must be unique."
	msgSecretShared        = "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '%s'."

	msgContainerDuplicate = "Container.name must be unique: %s"
	msgNoEssential        = "Task definition must contain at least one essential container."
	msgContainerCPU       = "Invalid setting for container '%s'. 'cpu' must not be negative."
	msgContainerMemory    = "Invalid setting for container '%s'. '%s' must be at least %d MiB."
	msgReservation        = "Invalid setting for container '%s'. 'memory' must be greater than or equal to 'memoryReservation'."
	msgDependencyCycle    = "Container dependsOn contains a cycle through '%s'."
	msgHealthCommand      = "The health check command of container '%s' must start with CMD, CMD-SHELL or NONE."
	msgHealthBounds       = "The health check %s of container '%s' must be between %d and %d."
	msgIgnoredCodes       = "The restart policy of container '%s' can ignore at most %d exit codes."
	msgRestartPeriod      = "The restartAttemptPeriod of container '%s' must be between %d and %d seconds."
	msgPort               = "Invalid %s port on container '%s': it must be between %d and %d."
	msgPortsTooMany       = "Container '%s' can have at most %d port mappings."
	msgEnvironmentFiles   = "Container '%s' can have at most %d environment files."
	msgEnvironmentFile    = "The value of an environment file must be the ARN of an S3 object whose name ends in .env."
	msgUlimit             = "The soft limit of ulimit %s must not be greater than its hard limit."
	msgPositive           = "%s must be greater than 0."
	msgSwappiness         = "LinuxParameters.swappiness must be between %d and %d."
)

// Services.
const (
	msgServiceNotActive    = "Service was not ACTIVE."
	msgServiceIdempotent   = "Creation of service was not idempotent."
	msgServiceDraining     = "Unable to Start a service that is still Draining."
	msgServiceScaled       = "The service cannot be stopped while it is scaled above 0."
	msgTargetGroupMissing  = "The specified target group does not exist."
	msgLoadBalancerUnknown = "The container %s does not exist in the task definition."
	msgLoadBalancerPort    = "The container %s did not have a container port %d defined."
	msgGracePeriod         = "Health check grace period is only valid for services configured to use load balancers"
	msgPlacementFargate    = "Placement %s are not supported with FARGATE launch type."

	msgServicesTooMany      = "A request can describe at most %d services."
	msgServiceName          = "Invalid service name: %s"
	msgDesiredCount         = "The desired count must be at least 0."
	msgDaemonDesiredCount   = "The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again."
	msgDaemonPlacement      = "The daemon scheduling strategy does not support placement strategies."
	msgDaemonFargate        = "The daemon scheduling strategy is not supported with the FARGATE launch type."
	msgDaemonController     = "The daemon scheduling strategy is only supported with the ECS deployment controller."
	msgExternalMember       = "%s cannot be specified for a service with the deployment controller EXTERNAL."
	msgPercent              = "%s must be between %d and %d."
	msgLoadBalancersTooMany = "A service can have at most %d load balancers."
	msgConstraintCount      = "A service can have at most %d placement constraints."
	msgStrategyCount        = "A service can have at most %d placement strategies."
	msgPlacementField       = "The field %s of a placement strategy %s is invalid."
	msgPlacementExpression  = "A placement constraint of type memberOf must have an expression."
	msgStrategyConfig       = "%s is only valid for the deployment strategy %s."
	msgHookStages           = "A lifecycle hook must have at least one lifecycle stage."
	msgHookPause            = "A lifecycle hook of type PAUSE cannot be at a stage where traffic shifts."
	msgPercentTenths        = "%s must be a multiple of 0.1 between %v and 100."
	msgHookTarget           = "A lifecycle hook that is not a PAUSE must have a hookTargetArn."
	msgNamespaceNotFound    = "The specified namespace was not found."
	msgDeploymentsTooMany   = "A request can describe at most %d service deployments."
	msgRevisionsTooMany     = "A request can describe at most %d service revisions."
	msgDeploymentMissing    = "Service deployment not found."
	msgDeploymentFinished   = "The service deployment is in a terminal state and cannot be stopped."
	msgDeploymentStopping   = "The service deployment is being stopped already."
	msgDeploymentNothing    = "There is no completed service deployment to roll back to."
	msgHookWaiting          = "The lifecycle hook %s does not wait for an action."
	msgTaskSetMissing       = "The specified task set does not exist. Specify a valid task set and try again."
	msgTaskSetController    = "Task sets are only supported for services with the deployment controller EXTERNAL."
	msgTaskSetScaled        = "The task set cannot be deleted while it is scaled above 0."
	msgTaskSetDraining      = "The task set is being deleted and cannot be changed."
	msgScale                = "scale must be between 0 and 100 PERCENT."
	msgProtectionMinutes    = "expiresInMinutes must be between %d and %d."
	msgProtectionTasks      = "A request can have between 1 and %d tasks."
)

// The events of a service; its name comes before them.
const (
	eventStarted         = "has started %s: %s."
	eventStopped         = "has stopped %s: %s."
	eventSteady          = "has reached a steady state."
	eventCompleted       = "(deployment %s) deployment completed."
	eventFailedToStart   = "(deployment %s) deployment failed: tasks failed to start."
	eventFailedAlarms    = "(deployment %s) deployment failed: alarm(s) detected."
	eventFailedHook      = "(deployment %s) deployment failed: lifecycle hook failed."
	eventFailedStopped   = "(deployment %s) deployment stopped."
	eventRollingBack     = "rolling back to deployment %s."
	eventImpaired        = "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
	eventUnplaced        = "was unable to place a task because no container instance met all of its requirements. %s For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
	eventUnplacedReason  = "Reason: %s."
	eventUnplacedClosest = "The closest matching (container-instance %s) %s."
	eventEncountered     = "encountered error \"%s\""
	eventStalled         = "was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
	eventContainerHealth = "(task %s) failed container health checks."
	eventTargetHealth    = "(task %s) %s(port %d) is unhealthy in (target-group %s) due to (reason %s)."
	eventRegistered      = "registered %d targets in (target-group %s)"
	eventDeregistered    = "deregistered %d targets in (target-group %s)"
	eventDraining        = "has begun draining connections on %d tasks."
	eventTaskSetSteady   = "updated state to STEADY_STATE."
)

// eventClosest says what the closest matching instance lacks.
var eventClosest = map[placement.Reason]string{
	placement.CPU:       "has insufficient CPU units available",
	placement.Memory:    "has insufficient memory available",
	placement.Ports:     "is already using a port required by your task",
	placement.Attribute: "is missing an attribute required by your task",
}

// The rolloutStateReason of a deployment.
const (
	rolloutInProgress  = "ECS deployment %s in progress."
	rolloutCompleted   = "ECS deployment %s completed."
	rolloutBreaker     = "ECS deployment circuit breaker: tasks failed to start."
	rolloutBackBreaker = "ECS deployment circuit breaker: rolling back to deploymentId %s."
	rolloutAlarms      = "ECS deployment failed: alarm(s) detected."
	rolloutBackAlarms  = "ECS deployment failed: alarm(s) detected. Rolling back to deploymentId %s."
	rolloutBackHook    = "ECS deployment failed: lifecycle hook failed. Rolling back to deploymentId %s."
	rolloutBackStopped = "ECS deployment stopped: rolling back to deploymentId %s."
	rolloutStopped     = "ECS deployment stopped by user."
	rolloutSuperseded  = "The deployment was superseded by another one."
	rolloutHookFailed  = "ECS deployment failed: lifecycle hook at %s: %v"
	rolloutHookTimeout = "ECS deployment failed: lifecycle hook at %s timed out."
	rolloutHookUnknown = "ECS deployment failed: nothing is set for the lifecycle hook %s."
)

// The reasons of tasks that a service stops.
const (
	reasonScaling         = "Scaling activity initiated by (deployment %s)"
	reasonContainerHealth = "Task failed container health checks"
	reasonTargetHealth    = "Task failed ELB health checks in (target-group %s)"
)
