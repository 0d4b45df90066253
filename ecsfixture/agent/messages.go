package agent

// The texts of the agent, in one place so that they can be corrected.
const (
	msgContainer     = "V%s container metadata handler: unable to get container ID from request: unable to get docker ID from request: unable to find the container for endpoint ID: %s"
	msgNoTask        = "Unable to get task ARN from IP address: %s"
	msgNoContainer   = "Unable to find the container: %s"
	msgAssociation   = "unable to find the association %s of type %s"
	msgStats         = "Unable to get statistics of the container: %s"
	msgEndpoint      = "This path belongs to no task that runs."
	msgCredentialsID = "CredentialsV%sRequest: No Credential ID in the request"
	msgCredentials   = "CredentialsV%sRequest: Credentials not found"

	msgMethod          = "The method %s is not allowed here."
	msgProtectionBody  = "Failed to decode request: %s"
	msgProtectionField = "Invalid request: does not contain 'ProtectionEnabled' field"
	msgProtectionRole  = "Invalid Request: no task IAM role credentials available for task"
	msgProtectionTask  = "Failed to find a task for the request"

	msgFaultTask    = "unable to lookup container: %s"
	msgFaultUnknown = "unknown fault or action: %s/%s"
	msgFaultOff     = "enableFaultInjection is not enabled for task: %s"
)
