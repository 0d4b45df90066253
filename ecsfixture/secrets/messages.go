package secrets

// Every text that AWS is quoted with is in this file, so that a check against
// AWS has one place to correct. No template has room for a secret's value.

// Secrets Manager.
const (
	msgSecretNotFound  = "Secrets Manager can't find the specified secret."
	msgStageNotFound   = "Secrets Manager can't find the specified secret value for staging label: %s"
	msgVersionNotFound = "Secrets Manager can't find the specified secret value for VersionId: %s"
	msgStageMismatch   = "You provided a VersionStage that is not associated to the provided VersionId."
	msgDeleted         = "You can't perform this operation on the secret because it was marked for deletion."
	msgExists          = "The operation failed because the secret %s already exists."
	msgExistsDeleted   = "You can't create this secret because a secret with this name is already scheduled for deletion."
	msgName            = "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
	msgBothValues      = "You can't specify both SecretString and SecretBinary."
	msgNoValue         = "You must provide either SecretString or SecretBinary."
	msgToken           = "ClientRequestToken must be 32-64 characters long."
	msgTokenUsed       = "You can't use ClientRequestToken %s because that value is already in use for a version of secret %s."
	msgTooManyStages   = "A secret can't have more than %d staging labels."
	msgForceAndWindow  = "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays."
	msgWindow          = "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."
	msgRemoveNeeded    = "The parameter RemoveFromVersionId can't be empty. Staging label %s is currently attached to version %s, so you must explicitly reference that version in RemoveFromVersionId."
	msgRemoveWrong     = "The parameter RemoveFromVersionId doesn't match. Staging label %s isn't attached to version %s."
	msgKeepCurrent     = "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed."
	msgNoMove          = "You must provide MoveToVersionId, RemoveFromVersionId, or both."
	msgIDsOrFilters    = "Either 'SecretIdList' or 'Filters' must be provided, but not both."
	msgMaxWithIDs      = "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided."
	msgNextToken       = "The NextToken value is invalid."
	msgPasswordShort   = "Password length is too short based on the required types."
	msgPasswordEmpty   = "The request excludes every character that a password could have."
	msgTooManyTags     = "A secret can't have more than %d tags."
	msgReservedTag     = "Tag keys can't start with aws:, which is reserved."
	msgMalformedPolicy = "This resource policy contains invalid Json"
	msgPublicPolicy    = "This resource policy provides broad access to your secret. You can't attach it while BlockPublicPolicy is on."
	msgDuplicateTag    = "The request has more than one tag with the key %s."
)

// The Parameter Store.
const (
	msgParameterExists  = "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."
	msgTagsAndOverwrite = "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource."
	msgParameterVersion = "Systems Manager could not find version %s of %s. Verify the version and try again."
	msgParameterName    = `Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_`
	msgQualifiedName    = "Parameter name must be a fully qualified name."
	msgLevels           = "A parameter hierarchy can have a maximum of %d levels."
	msgNoType           = "A parameter type is required when you create a parameter."
	msgStandardSize     = "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier."
	msgAdvancedSize     = "Advanced tier parameters support a maximum parameter value of 8192 characters."
	msgTierDown         = "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier."
	msgPattern          = "Parameter value, cannot be validated against allowedPattern: %s"
	msgBadPattern       = "The allowedPattern is not a valid regular expression: %s"
	msgDataType         = "The following data type is not supported: %s (Data type names are all lowercase.)"
	msgMaxVersions      = "You attempted to create a new version of %s by calling the PutParameter API with the overwrite flag. Version %d, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again."
	msgDuplicateNames   = "The request has the name %s more than once."
	msgPath             = "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash \"/\"."
	msgFilterKey        = "The filter key %s is not valid. Valid filter keys include: [%s]."
	msgFilterOption     = "The filter option %s is not valid for the key %s. Valid options include: [%s]."
	msgFilterValues     = "The filter %s has no values."
	msgBothFilters      = "You can use either Filters or ParameterFilters in a single request."
	msgTooManyLabels    = "A parameter version can have a maximum of %d labels."
	msgResourceID       = "The resource ID %s is not valid. Verify that the resource exists."
	msgResourceType     = "The resource type %s is not valid. This endpoint tags parameters: use Parameter."
)

// Both.
const (
	msgConstraintNull   = "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must not be null"
	msgConstraintShort  = "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must have length greater than or equal to %d"
	msgConstraintLong   = "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must have length less than or equal to %d"
	msgConstraintLow    = "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must have value greater than or equal to %d"
	msgConstraintHigh   = "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must have value less than or equal to %d"
	msgConstraintEnum   = "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must satisfy enum value set: [%s]"
	msgNoJSON           = "a %T can't be written as JSON"
	msgUnsupported      = "The operation %s of %s is not supported by this endpoint."
	msgUnsupportedField = "The parameter %s is not supported by this endpoint."
)

// What ECS says of a secret that it can't get: on Fargate, and on EC2.
const (
	msgFargate         = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
	msgFargateSecret   = msgFargate + "unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret %s from secrets manager: %s"
	msgFargateContent  = msgFargate + "unable to retrieve secret from asm: service call has been retried 1 time(s): %s"
	msgFargateARN      = msgFargate + "unable to retrieve secret from asm: trying to retrieve secret with value %s resulted in error: %s"
	msgFargateSSM      = msgFargate + "unable to retrieve secrets from ssm: service call has been retried 1 time(s): %s"
	msgFargateRegistry = msgFargate + "unable to get registry auth from asm: service call has been retried 1 time(s): %s"

	msgEC2Secret   = "ResourceInitializationError: fetching secret data from AWS Secrets Manager in region %s: secret %s: %s"
	msgEC2SSM      = "ResourceInitializationError: fetching secret data from SSM Parameter Store in %s: %s"
	msgEC2Registry = "ResourceInitializationError: unable to get registry auth from asm: %s"

	msgInvalidParameters    = "invalid ssm parameters: %s"
	msgInvalidParametersEC2 = "invalid parameters: %s"
	msgInvalidARN           = "an invalid ARN format for the AWS Secrets Manager secret was specified. Specify a valid ARN and try again."
	msgInvalidARNParts      = "unexpected ARN format with parameters when trying to retrieve ASM secret"
	msgNoKey                = "retrieved secret from Secrets Manager did not contain json key %s"
	msgNotJSON              = "retrieved secret from Secrets Manager is not a JSON object, so json key %s can't be read"
	msgBinary               = "retrieved secret from Secrets Manager has a SecretBinary: Amazon ECS supports a SecretString only"
	msgRegistryFetch        = "asm fetching secret from the service for %s: %s"
	msgRegistryJSON         = "asm fetching authorization data: the secret %s is not a JSON object with username and password"
	msgRegistryField        = "asm fetching %s: AuthorizationData is malformed, empty field"

	msgHintSecretName = "%s is the name of a secret; a valueFrom that is not an ARN names an SSM parameter: use the secret's ARN"
)
