package server

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ec2Task is a definition of two containers that passes every check.
func ec2Task() *registration {
	return &registration{
		Family: aws.String("web"),
		ContainerDefinitions: []types.ContainerDefinition{
			{Name: aws.String("app"), Image: aws.String("app:1"), Memory: aws.Int32(128)},
			{Name: aws.String("side"), Image: aws.String("side"), Memory: aws.Int32(64), Essential: aws.Bool(false)},
		},
	}
}

// fargateTask is one that Fargate can run.
func fargateTask() *registration {
	in := ec2Task()
	in.NetworkMode = types.NetworkModeAwsvpc
	in.RequiresCompatibilities = []types.Compatibility{types.CompatibilityFargate}
	in.Cpu, in.Memory = aws.String("256"), aws.String("512")
	return in
}

type (
	container = types.ContainerDefinition
	change    = func(in *registration, app, side *container)
)

// invalid changes a valid definition by f, and returns what is said of it.
func invalid(t *testing.T, in *registration, f change) (code, text string) {
	t.Helper()
	f(in, &in.ContainerDefinitions[0], &in.ContainerDefinitions[1])
	err := checkRegistration(in)
	require.Error(t, err)
	var api smithy.APIError
	require.True(t, errors.As(err, &api), "%T", err)
	return api.ErrorCode(), api.ErrorMessage()
}

func TestTheBasesAreValid(t *testing.T) {
	require.NoError(t, checkRegistration(ec2Task()))
	require.NoError(t, checkRegistration(fargateTask()))
}

func TestRegistrationRules(t *testing.T) {
	for text, f := range map[string]change{
		"Family should not be null or empty.":                            func(in *registration, _, _ *container) { in.Family = nil },
		"Family contains invalid characters.":                            func(in *registration, _, _ *container) { in.Family = aws.String("a/b") },
		"Container list cannot be empty.":                                func(in *registration, _, _ *container) { in.ContainerDefinitions = nil },
		"Too many containers.":                                           func(in *registration, _, _ *container) { in.ContainerDefinitions = manyContainers(11) },
		"Actual length: '":                                               func(_ *registration, app, _ *container) { app.User = aws.String(strings.Repeat("u", 65536)) },
		"Container.name should not be null or empty.":                    func(_ *registration, app, _ *container) { app.Name = nil },
		"Container.name contains invalid characters.":                    func(_ *registration, app, _ *container) { app.Name = aws.String("a b") },
		"Container.image should not be null or empty.":                   func(_ *registration, app, _ *container) { app.Image = aws.String("") },
		"Container.image contains invalid characters.":                   func(_ *registration, app, _ *container) { app.Image = aws.String("a b") },
		"Container.name must be unique: app":                             func(_ *registration, _, side *container) { side.Name = aws.String("app") },
		"Task definition must contain at least one essential container.": func(_ *registration, app, _ *container) { app.Essential = aws.Bool(false) },
		"Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.": func(_ *registration, app, _ *container) { app.Memory = nil },
		"Invalid setting for container 'app'. 'memory' must be greater than or equal to":                          func(_ *registration, app, _ *container) { app.MemoryReservation = aws.Int32(129) },
		"Invalid setting for container 'app'. 'memory' must be at least 6 MiB.":                                   func(_ *registration, app, _ *container) { app.Memory = aws.Int32(3) },
		"Invalid setting for container 'app'. 'cpu' must not be negative.":                                        func(_ *registration, app, _ *container) { app.Cpu = -1 },
		"The 'memory' setting for container 'app' is greater than for the task.":                                  func(in *registration, _, _ *container) { in.Memory = aws.String("100") },
		"The 'memory' settings of the containers together":                                                        func(in *registration, _, _ *container) { in.Memory = aws.String("130") },
		"The 'cpu' settings of the containers together": func(in *registration, app, side *container) {
			in.Cpu, app.Cpu, side.Cpu = aws.String("256"), 200, 57
		},
		"Invalid 'cpu' setting for task. For more":    func(in *registration, _, _ *container) { in.Cpu = aws.String("127") },
		"Invalid 'memory' setting for task. For more": func(in *registration, _, _ *container) { in.Memory = aws.String("1TB") },

		"Granular start timeout on container 'app' must be at least 2 seconds.": func(_ *registration, app, _ *container) { app.StartTimeout = aws.Int32(1) },
		"Granular stop timeout on container 'app' must be at least 2 seconds.":  func(_ *registration, app, _ *container) { app.StopTimeout = aws.Int32(0) },
		"The health check command of container 'app'":                           func(_ *registration, app, _ *container) { app.HealthCheck = health("curl") },
		"The health check interval of container 'app' must be between 5 and 300.": func(_ *registration, app, _ *container) {
			app.HealthCheck = health("CMD", "true")
			app.HealthCheck.Interval = aws.Int32(4)
		},
		"The health check timeout of container 'app' must be between 2 and 60.": func(_ *registration, app, _ *container) {
			app.HealthCheck = health("CMD", "true")
			app.HealthCheck.Timeout = aws.Int32(61)
		},
		"The health check retries of container 'app' must be between 1 and 10.": func(_ *registration, app, _ *container) {
			app.HealthCheck = health("CMD", "true")
			app.HealthCheck.Retries = aws.Int32(0)
		},
		"The health check startPeriod of container 'app' must be between 0 and 300.": func(_ *registration, app, _ *container) {
			app.HealthCheck = health("CMD", "true")
			app.HealthCheck.StartPeriod = aws.Int32(301)
		},
		"RestartPolicy.enabled should not be null": func(_ *registration, app, _ *container) {
			app.RestartPolicy = &types.ContainerRestartPolicy{}
		},
		"The restart policy of container 'app' can ignore at most 50 exit codes.": func(_ *registration, app, _ *container) {
			app.RestartPolicy = &types.ContainerRestartPolicy{Enabled: aws.Bool(true), IgnoredExitCodes: make([]int32, 51)}
		},
		"The restartAttemptPeriod of container 'app' must be between 60 and 1800 seconds.": func(_ *registration, app, _ *container) {
			app.RestartPolicy = &types.ContainerRestartPolicy{Enabled: aws.Bool(true), RestartAttemptPeriod: aws.Int32(59)}
		},

		"PortMapping.containerPort should not be null": func(_ *registration, app, _ *container) { app.PortMappings = []types.PortMapping{{}} },
		"Invalid container port on container 'app'":    func(_ *registration, app, _ *container) { app.PortMappings = ports(65536, 0) },
		"Invalid host port on container 'app'":         func(_ *registration, app, _ *container) { app.PortMappings = ports(80, -1) },
		"PortMapping.name must be unique: http": func(_ *registration, app, side *container) {
			app.PortMappings, side.PortMappings = ports(80, 0), ports(81, 0)
			app.PortMappings[0].Name, side.PortMappings[0].Name = aws.String("http"), aws.String("http")
		},
		"Environment.name should not be null": func(_ *registration, app, _ *container) {
			app.Environment = []types.KeyValuePair{{Value: aws.String("v")}}
		},
		"Secret.valueFrom should not be null": func(_ *registration, app, _ *container) {
			app.Secrets = []types.Secret{{Name: aws.String("S")}}
		},
		"When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.": func(_ *registration, app, _ *container) {
			app.Secrets = secrets("S")
		},
		"When you are specifying repository credentials": func(_ *registration, app, _ *container) {
			app.RepositoryCredentials = &types.RepositoryCredentials{CredentialsParameter: aws.String("p")}
		},
		"The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'S'.": func(_ *registration, app, _ *container) {
			app.Secrets = secrets("S")
			app.Environment = []types.KeyValuePair{{Name: aws.String("S")}}
		},
		"Duplicate secret names found: T. Each secret name must be unique.": func(_ *registration, app, _ *container) { app.Secrets = secrets("T", "T") },
		"The value of an environment file must be": func(_ *registration, app, _ *container) {
			app.EnvironmentFiles = []types.EnvironmentFile{{Type: "s3", Value: aws.String("arn:aws:s3:::b/a.txt")}}
		},
		"Container 'app' can have at most 10 environment files.": func(_ *registration, app, _ *container) {
			app.EnvironmentFiles = make([]types.EnvironmentFile, 11)
		},

		"Unknown volume 'data'.": func(_ *registration, app, _ *container) { app.MountPoints = mount("data") },
		"MountPoint.containerPath should not be null": func(_ *registration, app, _ *container) {
			app.MountPoints = []types.MountPoint{{SourceVolume: aws.String("d")}}
		},
		"Unknown container 'db' in volumesFrom of": func(_ *registration, app, _ *container) {
			app.VolumesFrom = []types.VolumeFrom{{SourceContainer: aws.String("db")}}
		},
		"Unknown container 'db' in links of":             func(_ *registration, app, _ *container) { app.Links = []string{"db:alias"} },
		"Volume.name should not be null":                 func(in *registration, _, _ *container) { in.Volumes = []types.Volume{{}} },
		"Volume.name must be unique: data":               func(in *registration, _, _ *container) { in.Volumes = append(dataVolume(), dataVolume()...) },
		"only one volume configuration type":             func(in *registration, _, _ *container) { in.Volumes = dataVolume(sourcePath, dockerVolume) },
		"one volume configuration type should be used":   func(in *registration, _, _ *container) { in.Volumes = dataVolume(launchVolume, dockerVolume) },
		"at most one volume that is configured at":       func(in *registration, _, _ *container) { in.Volumes = twoAtLaunch() },
		"The volume 'data' can have autoprovision":       func(in *registration, _, _ *container) { in.Volumes = dataVolume(dockerVolume, autoprovision) },
		"EFSVolumeConfiguration.fileSystemId should not": func(in *registration, _, _ *container) { in.Volumes = dataVolume(efsVolume) },
		"EFS transit encryption must be enabled for an access point.": func(in *registration, _, _ *container) {
			in.Volumes = dataVolume(efsVolume, accessPoint)
		},
		"The root directory must be omitted or /": func(in *registration, _, _ *container) {
			in.Volumes = dataVolume(efsVolume, accessPoint)
			in.Volumes[0].EfsVolumeConfiguration.RootDirectory = aws.String("/data")
		},
		"FSxWindowsFileServerVolumeConfiguration.fileSystemId should not": func(in *registration, _, _ *container) {
			in.Volumes = dataVolume(fsxVolume)
		},
		"FSxWindowsFileServerAuthorizationConfig.credentialsParameter should not": func(in *registration, _, _ *container) {
			in.Volumes = dataVolume(fsxVolume)
			in.Volumes[0].FsxWindowsFileServerVolumeConfiguration.FileSystemId = aws.String("fs-1")
			in.Volumes[0].FsxWindowsFileServerVolumeConfiguration.RootDirectory = aws.String("share")
		},
		"When you are specifying log driver secrets": func(_ *registration, app, _ *container) { app.LogConfiguration = secretGroup() },

		"LogConfiguration.logDriver should not be null": func(_ *registration, app, _ *container) { app.LogConfiguration = &types.LogConfiguration{} },
		"Log driver awslogs requires options: awslogs-region, awslogs-group": func(_ *registration, app, _ *container) {
			app.LogConfiguration = &types.LogConfiguration{LogDriver: "awslogs"}
		},
		"Log driver awslogs disallows options: awslogs-endpoint": func(_ *registration, app, _ *container) {
			app.LogConfiguration = awslogs()
			app.LogConfiguration.Options["awslogs-endpoint"] = "x"
		},
		"The soft limit of ulimit nofile": func(_ *registration, app, _ *container) {
			app.Ulimits = []types.Ulimit{{Name: "nofile", SoftLimit: 2, HardLimit: 1}}
		},
		"Device.hostPath should not be null": func(_ *registration, app, _ *container) {
			app.LinuxParameters = &types.LinuxParameters{Devices: []types.Device{{}}}
		},
		"Tmpfs.size must be greater than 0.": func(_ *registration, app, _ *container) { app.LinuxParameters = tmpfs(0) },
		"LinuxParameters.swappiness must be between": func(_ *registration, app, _ *container) {
			app.LinuxParameters = &types.LinuxParameters{Swappiness: aws.Int32(101)}
		},
		"SystemControl.namespace and value should not": func(_ *registration, app, _ *container) { app.SystemControls = []types.SystemControl{{}} },
		"HostEntry.hostname and ipAddress should not":  func(_ *registration, app, _ *container) { app.ExtraHosts = []types.HostEntry{{}} },
		"Role is not valid":                            func(in *registration, _, _ *container) { in.TaskRoleArn = aws.String("arn:aws:iam::1:user/x") },
		"The size of the ephemeral storage must be":    func(in *registration, _, _ *container) { in.EphemeralStorage = &types.EphemeralStorage{SizeInGiB: 20} },
		"PlacementConstraint.type should not be null": func(in *registration, _, _ *container) {
			in.PlacementConstraints = make([]types.TaskDefinitionPlacementConstraint, 1)
		},
		"can have at most 10 placement constraints.": func(in *registration, _, _ *container) {
			in.PlacementConstraints = make([]types.TaskDefinitionPlacementConstraint, 11)
		},
		"External instances do not support network": func(in *registration, _, _ *container) {
			in.NetworkMode, in.RequiresCompatibilities = "awsvpc", []types.Compatibility{"EXTERNAL"}
		},
		"Managed Instances only support network": func(in *registration, _, _ *container) {
			in.RequiresCompatibilities = []types.Compatibility{"MANAGED_INSTANCES"}
		},
		"Managed Instances requires that 'cpu'": func(in *registration, _, _ *container) {
			in.NetworkMode, in.RequiresCompatibilities = "host", []types.Compatibility{"MANAGED_INSTANCES"}
		},
		"Port mappings are not supported when network":  func(in *registration, app, _ *container) { in.NetworkMode, app.PortMappings = "none", ports(80, 0) },
		"Links are not supported when networkMode=host": func(in *registration, app, _ *container) { in.NetworkMode, app.Links = "host", []string{"side"} },
		"When networkMode=host, the host ports and":     func(in *registration, app, _ *container) { in.NetworkMode, app.PortMappings = "host", ports(80, 81) },
		"Container 'app' can have at most 100 port":     func(in *registration, app, _ *container) { in.NetworkMode, app.PortMappings = "host", manyPorts(101) },
	} {
		t.Run(text, func(t *testing.T) {
			code, got := invalid(t, ec2Task(), f)
			assert.Equal(t, "ClientException", code)
			assert.Contains(t, got, text)
		})
	}
}

func TestFargateRules(t *testing.T) {
	for text, f := range map[string]change{
		"Fargate only supports network mode ‘awsvpc’.":              func(in *registration, _, _ *container) { in.NetworkMode = "" },
		"Fargate requires that 'cpu' be defined at the task level.": func(in *registration, _, _ *container) { in.Cpu = nil },
		"Fargate requires that 'memory' be defined at the task":     func(in *registration, _, _ *container) { in.Memory = nil },
		"No Fargate configuration exists for given values: 256 CPU, 3072 memory. See the Amazon ECS documentation for the valid values.": func(in *registration, _, _ *container) {
			in.Memory = aws.String("3 GB")
		},
		"Fargate requires task definition to have execution role ARN to support log driver awslogs.": func(_ *registration, app, _ *container) {
			app.LogConfiguration = awslogs()
		},
		"Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.": func(in *registration, app, _ *container) {
			in.ExecutionRoleArn = aws.String("arn:aws:iam::000000000000:role/exec")
			app.LogConfiguration = awslogs()
		},
		"Fargate requires task definition to have execution role ARN to support ECR images.": func(_ *registration, app, _ *container) {
			app.Image = aws.String("123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1")
		},
		"json-file is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]": func(_ *registration, app, _ *container) {
			app.LogConfiguration = &types.LogConfiguration{LogDriver: "json-file"}
		},
		"When networkMode=awsvpc, the host ports and container ports in port mappings must match.": func(_ *registration, app, _ *container) {
			app.PortMappings = ports(80, 8080)
		},
		"Links are not supported when networkMode=awsvpc.":                func(_ *registration, app, _ *container) { app.Links = []string{"side"} },
		"hostname is not supported on container when networkMode=awsvpc.": func(_ *registration, app, _ *container) { app.Hostname = aws.String("h") },
		"Extra hosts are not supported on container when networkMode=awsvpc.": func(_ *registration, app, _ *container) {
			app.ExtraHosts = []types.HostEntry{{Hostname: aws.String("h"), IpAddress: aws.String("1.1.1.1")}}
		},
		"DNS servers are not supported on container when networkMode=awsvpc.":                              func(_ *registration, app, _ *container) { app.DnsServers = []string{"1.1.1.1"} },
		"DNS search domains are not supported on container when networkMode=awsvpc.":                       func(_ *registration, app, _ *container) { app.DnsSearchDomains = []string{"a"} },
		"Disable Networking is not supported on container when networkMode=awsvpc.":                        func(_ *registration, app, _ *container) { app.DisableNetworking = aws.Bool(true) },
		"Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.": func(_ *registration, app, _ *container) { app.StopTimeout = aws.Int32(121) },
		"Tasks using the Fargate launch type must have a container start timeout":                          func(_ *registration, app, _ *container) { app.StartTimeout = aws.Int32(121) },
		"Tasks using the Fargate launch type do not support ipcMode.":                                      func(in *registration, _, _ *container) { in.IpcMode = "task" },
		"Tasks using the Fargate launch type support only the pidMode task.":                               func(in *registration, _, _ *container) { in.PidMode = "host" },
		"Fargate compatible task definitions do not support constraints": func(in *registration, _, _ *container) {
			in.PlacementConstraints = []types.TaskDefinitionPlacementConstraint{{Type: "memberOf", Expression: aws.String("agentConnected == true")}}
		},
		"Fargate compatible task definitions do not support sourcePath":                func(in *registration, _, _ *container) { in.Volumes = dataVolume(sourcePath) },
		"Fargate compatible task definitions do not support dockerVolumeConfiguration": func(in *registration, _, _ *container) { in.Volumes = dataVolume(dockerVolume) },
		"Fargate compatible task definitions do not support privileged":                func(_ *registration, app, _ *container) { app.Privileged = aws.Bool(true) },
		"Fargate compatible task definitions do not support dockerSecurityOptions":     func(_ *registration, app, _ *container) { app.DockerSecurityOptions = []string{"x"} },
		"Fargate compatible task definitions do not support devices": func(_ *registration, app, _ *container) {
			app.LinuxParameters = &types.LinuxParameters{Devices: []types.Device{{HostPath: aws.String("/dev/x")}}}
		},
		"Fargate compatible task definitions do not support sharedMemorySize": func(_ *registration, app, _ *container) {
			app.LinuxParameters = &types.LinuxParameters{SharedMemorySize: aws.Int32(64)}
		},
		"Fargate compatible task definitions do not support maxSwap": func(_ *registration, app, _ *container) {
			app.LinuxParameters = &types.LinuxParameters{MaxSwap: aws.Int32(1)}
		},
		"Fargate compatible task definitions do not support adding capabilities other": func(_ *registration, app, _ *container) {
			app.LinuxParameters = &types.LinuxParameters{Capabilities: &types.KernelCapabilities{Add: []string{"NET_ADMIN"}}}
		},
	} {
		t.Run(text, func(t *testing.T) {
			code, got := invalid(t, fargateTask(), f)
			assert.Equal(t, "ClientException", code)
			assert.Contains(t, got, text)
		})
	}
}

func TestEnumerationsAreChecked(t *testing.T) {
	for member, f := range map[string]change{
		"networkMode":             func(in *registration, _, _ *container) { in.NetworkMode = "nat" },
		"pidMode":                 func(in *registration, _, _ *container) { in.PidMode = "x" },
		"ipcMode":                 func(in *registration, _, _ *container) { in.IpcMode = "x" },
		"requiresCompatibilities": func(in *registration, _, _ *container) { in.RequiresCompatibilities = []types.Compatibility{"X"} },
		"cpuArchitecture": func(in *registration, _, _ *container) {
			in.RuntimePlatform = &types.RuntimePlatform{CpuArchitecture: "x"}
		},
		"protocol":           func(_ *registration, app, _ *container) { app.PortMappings = []types.PortMapping{{Protocol: "sctp"}} },
		"appProtocol":        func(_ *registration, app, _ *container) { app.PortMappings = []types.PortMapping{{AppProtocol: "x"}} },
		"versionConsistency": func(_ *registration, app, _ *container) { app.VersionConsistency = "x" },
		"logDriver": func(_ *registration, app, _ *container) {
			app.LogConfiguration = &types.LogConfiguration{LogDriver: "x"}
		},
		"environmentFiles.type": func(_ *registration, app, _ *container) { app.EnvironmentFiles = []types.EnvironmentFile{{Type: "x"}} },
		"dependsOn.condition": func(_ *registration, app, _ *container) {
			app.DependsOn = []types.ContainerDependency{{Condition: "x"}}
		},
		"ulimits.name": func(_ *registration, app, _ *container) { app.Ulimits = []types.Ulimit{{Name: "x"}} },
		"devices.permissions": func(_ *registration, app, _ *container) {
			app.LinuxParameters = &types.LinuxParameters{Devices: []types.Device{{Permissions: []types.DeviceCgroupPermission{"x"}}}}
		},
		"scope": func(in *registration, _, _ *container) {
			in.Volumes = dataVolume(dockerVolume)
			in.Volumes[0].DockerVolumeConfiguration.Scope = "x"
		},
	} {
		t.Run(member, func(t *testing.T) {
			code, got := invalid(t, ec2Task(), f)
			assert.Equal(t, "InvalidParameterException", code)
			assert.Contains(t, got, member)
		})
	}
}

func TestWhatMustBeAccepted(t *testing.T) {
	for name, f := range map[string]change{
		"memory of the task alone": func(in *registration, app, side *container) {
			in.Memory, app.Memory, side.Memory = aws.String("0.5GB"), nil, nil
		},
		"a soft limit alone":         func(_ *registration, app, _ *container) { app.Memory, app.MemoryReservation = nil, aws.Int32(64) },
		"equal soft and hard limits": func(_ *registration, app, _ *container) { app.MemoryReservation = aws.Int32(128) },
		"a health check of nothing":  func(_ *registration, app, _ *container) { app.HealthCheck = health("NONE") },
		"the name of a role":         func(in *registration, _, _ *container) { in.TaskRoleArn = aws.String("my-role") },
		"a digest":                   func(_ *registration, app, _ *container) { app.Image = aws.String("h:5000/a/b@sha256:0123") },
		"a host port of its own":     func(_ *registration, app, _ *container) { app.PortMappings = ports(80, 8080) },
		"a link":                     func(_ *registration, app, _ *container) { app.Links = []string{"side:s"} },
		"a local environment file": func(_ *registration, app, _ *container) {
			app.EnvironmentFiles = []types.EnvironmentFile{{Type: "s3", Value: aws.String("file:///tmp/a.env")}}
		},
		"awslogs as on EC2": func(_ *registration, app, _ *container) { app.LogConfiguration = awslogs() },
		"a group that is a secret": func(in *registration, app, _ *container) {
			in.ExecutionRoleArn, app.LogConfiguration = aws.String("role"), secretGroup()
		},
		"no limit on a ulimit": func(_ *registration, app, _ *container) {
			app.Ulimits = []types.Ulimit{{Name: "memlock", SoftLimit: -1, HardLimit: -1}}
		},
		"the architecture of others": func(in *registration, _, _ *container) {
			in.RuntimePlatform = &types.RuntimePlatform{CpuArchitecture: "ARM64", OperatingSystemFamily: "LINUX"}
		},
		"faults that are not injected": func(in *registration, _, _ *container) { in.EnableFaultInjection = aws.Bool(false) },
		"an EFS volume":                func(in *registration, _, _ *container) { in.Volumes = dataVolume(efsVolume, fileSystem) },
		"a shared volume made at need": func(in *registration, _, _ *container) {
			in.Volumes = dataVolume(dockerVolume, autoprovision)
			in.Volumes[0].DockerVolumeConfiguration.Scope = "shared"
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := ec2Task()
			f(in, &in.ContainerDefinitions[0], &in.ContainerDefinitions[1])
			assert.NoError(t, checkRegistration(in))
		})
	}
}

func TestDependencies(t *testing.T) {
	on := func(name string, condition types.ContainerCondition) []types.ContainerDependency {
		return []types.ContainerDependency{{ContainerName: aws.String(name), Condition: condition}}
	}
	for text, f := range map[string]change{
		"Cannot depend on container + 'db' because it does not exist": func(_ *registration, app, _ *container) { app.DependsOn = on("db", "START") },
		"A dependency container with SUCCESS or COMPLETE condition cannot be an essential container": func(_ *registration, _, side *container) {
			side.DependsOn = on("app", "SUCCESS")
		},
		"A dependency container with HEALTHY condition must have health check configured": func(_ *registration, app, side *container) {
			app.DependsOn, side.HealthCheck = on("side", "HEALTHY"), health("NONE")
		},
		"ContainerDependency.condition should not be null":    func(_ *registration, app, _ *container) { app.DependsOn = on("side", "") },
		"Container dependsOn contains a cycle through 'app'.": func(_ *registration, app, _ *container) { app.DependsOn = on("app", "START") },
		"Container dependsOn contains a cycle through ": func(_ *registration, app, side *container) {
			app.DependsOn, side.DependsOn = on("side", "COMPLETE"), on("app", "START")
		},
		"Container dependsOn contains a cycle": func(_ *registration, app, side *container) {
			app.Links, side.DependsOn = []string{"side"}, on("app", "START")
		},
	} {
		t.Run(text, func(t *testing.T) {
			_, got := invalid(t, ec2Task(), f)
			assert.Contains(t, got, text)
		})
	}
}

func TestADiamondIsNoCycle(t *testing.T) {
	in := ec2Task()
	in.ContainerDefinitions = manyContainers(4)
	for i, on := range map[int][]string{1: {"c0"}, 2: {"c0"}, 3: {"c1", "c2"}} {
		for _, name := range on {
			in.ContainerDefinitions[i].DependsOn = append(in.ContainerDefinitions[i].DependsOn,
				types.ContainerDependency{ContainerName: aws.String(name), Condition: "START"})
		}
	}
	assert.NoError(t, checkRegistration(in))
}

func TestTagsOfADefinitionAreChecked(t *testing.T) {
	in := ec2Task()
	in.Tags = []types.Tag{{Key: aws.String("aws:x")}}
	code, _ := invalid(t, in, func(*registration, *types.ContainerDefinition, *container) {})
	assert.Equal(t, "InvalidParameterException", code)
}

func manyContainers(n int) []types.ContainerDefinition {
	list := make([]types.ContainerDefinition, n)
	for i := range list {
		list[i] = types.ContainerDefinition{Name: aws.String(fmt.Sprint("c", i)), Image: aws.String("i"), Memory: aws.Int32(16)}
	}
	return list
}

func health(command ...string) *types.HealthCheck { return &types.HealthCheck{Command: command} }

func ports(container, host int32) []types.PortMapping {
	return []types.PortMapping{{ContainerPort: &container, HostPort: &host}}
}

func manyPorts(n int32) []types.PortMapping {
	var list []types.PortMapping
	for i := range n {
		list = append(list, types.PortMapping{ContainerPort: aws.Int32(i + 1)})
	}
	return list
}

func secrets(names ...string) []types.Secret {
	var list []types.Secret
	for _, n := range names {
		list = append(list, types.Secret{Name: aws.String(n), ValueFrom: aws.String("v")})
	}
	return list
}

func awslogs() *types.LogConfiguration {
	return &types.LogConfiguration{LogDriver: "awslogs", Options: map[string]string{"awslogs-region": "us-east-1", "awslogs-group": "g"}}
}

func secretGroup() *types.LogConfiguration {
	return &types.LogConfiguration{
		LogDriver: "awslogs", Options: map[string]string{"awslogs-region": "us-east-1"},
		SecretOptions: secrets("awslogs-group"),
	}
}

func tmpfs(size int32) *types.LinuxParameters {
	return &types.LinuxParameters{Tmpfs: []types.Tmpfs{{ContainerPath: aws.String("/t"), Size: size}}}
}

func mount(name string) []types.MountPoint {
	return []types.MountPoint{{SourceVolume: aws.String(name), ContainerPath: aws.String("/d")}}
}

func dataVolume(parts ...func(*types.Volume)) []types.Volume {
	v := types.Volume{Name: aws.String("data")}
	for _, p := range parts {
		p(&v)
	}
	return []types.Volume{v}
}

func sourcePath(v *types.Volume) {
	v.Host = &types.HostVolumeProperties{SourcePath: aws.String("/srv")}
}
func dockerVolume(v *types.Volume)  { v.DockerVolumeConfiguration = &types.DockerVolumeConfiguration{} }
func autoprovision(v *types.Volume) { v.DockerVolumeConfiguration.Autoprovision = aws.Bool(true) }
func efsVolume(v *types.Volume)     { v.EfsVolumeConfiguration = &types.EFSVolumeConfiguration{} }
func launchVolume(v *types.Volume)  { v.ConfiguredAtLaunch = aws.Bool(true) }
func fsxVolume(v *types.Volume) {
	v.FsxWindowsFileServerVolumeConfiguration = &types.FSxWindowsFileServerVolumeConfiguration{}
}

func twoAtLaunch() []types.Volume {
	list := append(dataVolume(launchVolume), dataVolume(launchVolume)...)
	list[1].Name = aws.String("more")
	return list
}

func fileSystem(v *types.Volume) { v.EfsVolumeConfiguration.FileSystemId = aws.String("fs-1") }
func accessPoint(v *types.Volume) {
	fileSystem(v)
	v.EfsVolumeConfiguration.AuthorizationConfig = &types.EFSAuthorizationConfig{AccessPointId: aws.String("a")}
}

// Clients that don't check their input send empty structures anywhere.
func TestEmptyStructuresDoNotPanic(t *testing.T) {
	forms := reflect.TypeFor[container]()
	for i := range forms.NumField() {
		field := forms.Field(i)
		if !field.IsExported() || element(field.Type).Kind() != reflect.Struct {
			continue
		}
		in := ec2Task()
		v := reflect.ValueOf(&in.ContainerDefinitions[0]).Elem().Field(i)
		if v.Kind() == reflect.Slice {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		} else {
			v.Set(reflect.New(v.Type().Elem()))
		}
		assert.NotPanics(t, func() { _ = checkRegistration(in) }, field.Name)
	}
	assert.NotPanics(t, func() { _ = checkRegistration(&registration{}) })
}
