package server

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// honoured has the members of a registration, in all depths, that have an
// effect or are echoed because they can't have one on a single machine.
var honoured = strings.Fields(`
	family taskRoleArn executionRoleArn networkMode requiresCompatibilities
	cpu memory pidMode ipcMode tags.key tags.value
	ephemeralStorage.sizeInGiB
	placementConstraints.expression placementConstraints.type
	runtimePlatform.cpuArchitecture runtimePlatform.operatingSystemFamily
	volumes.name volumes.host.sourcePath volumes.configuredAtLaunch
	volumes.fsxWindowsFileServerVolumeConfiguration.fileSystemId
	volumes.fsxWindowsFileServerVolumeConfiguration.rootDirectory
	volumes.fsxWindowsFileServerVolumeConfiguration.authorizationConfig.credentialsParameter
	volumes.fsxWindowsFileServerVolumeConfiguration.authorizationConfig.domain
	volumes.dockerVolumeConfiguration.autoprovision volumes.dockerVolumeConfiguration.driver
	volumes.dockerVolumeConfiguration.driverOpts volumes.dockerVolumeConfiguration.labels
	volumes.dockerVolumeConfiguration.scope
	volumes.efsVolumeConfiguration.fileSystemId volumes.efsVolumeConfiguration.rootDirectory
	volumes.efsVolumeConfiguration.transitEncryption volumes.efsVolumeConfiguration.transitEncryptionPort
	volumes.efsVolumeConfiguration.authorizationConfig.accessPointId
	volumes.efsVolumeConfiguration.authorizationConfig.iam
	containerDefinitions.name containerDefinitions.image
	containerDefinitions.repositoryCredentials.credentialsParameter
	containerDefinitions.cpu containerDefinitions.memory containerDefinitions.memoryReservation
	containerDefinitions.links
	containerDefinitions.portMappings.containerPort containerDefinitions.portMappings.hostPort
	containerDefinitions.portMappings.protocol containerDefinitions.portMappings.name
	containerDefinitions.portMappings.appProtocol
	containerDefinitions.essential
	containerDefinitions.restartPolicy.enabled containerDefinitions.restartPolicy.ignoredExitCodes
	containerDefinitions.restartPolicy.restartAttemptPeriod
	containerDefinitions.entryPoint containerDefinitions.command
	containerDefinitions.environment.name containerDefinitions.environment.value
	containerDefinitions.environmentFiles.type containerDefinitions.environmentFiles.value
	containerDefinitions.mountPoints.containerPath containerDefinitions.mountPoints.readOnly
	containerDefinitions.mountPoints.sourceVolume
	containerDefinitions.volumesFrom.readOnly containerDefinitions.volumesFrom.sourceContainer
	containerDefinitions.linuxParameters.capabilities.add containerDefinitions.linuxParameters.capabilities.drop
	containerDefinitions.linuxParameters.devices.hostPath containerDefinitions.linuxParameters.devices.containerPath
	containerDefinitions.linuxParameters.devices.permissions
	containerDefinitions.linuxParameters.initProcessEnabled
	containerDefinitions.linuxParameters.maxSwap containerDefinitions.linuxParameters.swappiness
	containerDefinitions.linuxParameters.sharedMemorySize
	containerDefinitions.linuxParameters.tmpfs.containerPath containerDefinitions.linuxParameters.tmpfs.size
	containerDefinitions.linuxParameters.tmpfs.mountOptions
	containerDefinitions.secrets.name containerDefinitions.secrets.valueFrom
	containerDefinitions.dependsOn.condition containerDefinitions.dependsOn.containerName
	containerDefinitions.startTimeout containerDefinitions.stopTimeout
	containerDefinitions.versionConsistency
	containerDefinitions.hostname containerDefinitions.user containerDefinitions.workingDirectory
	containerDefinitions.disableNetworking containerDefinitions.privileged
	containerDefinitions.readonlyRootFilesystem
	containerDefinitions.dnsServers containerDefinitions.dnsSearchDomains
	containerDefinitions.extraHosts.hostname containerDefinitions.extraHosts.ipAddress
	containerDefinitions.dockerSecurityOptions containerDefinitions.dockerLabels
	containerDefinitions.interactive containerDefinitions.pseudoTerminal
	containerDefinitions.ulimits.name containerDefinitions.ulimits.softLimit containerDefinitions.ulimits.hardLimit
	containerDefinitions.logConfiguration.logDriver containerDefinitions.logConfiguration.options
	containerDefinitions.logConfiguration.secretOptions.name
	containerDefinitions.logConfiguration.secretOptions.valueFrom
	containerDefinitions.healthCheck.command containerDefinitions.healthCheck.interval
	containerDefinitions.healthCheck.retries containerDefinitions.healthCheck.startPeriod
	containerDefinitions.healthCheck.timeout
	containerDefinitions.systemControls.namespace containerDefinitions.systemControls.value
`)

// refused has, for each member that can't be honoured, a use of it.
var refused = map[string]change{
	"proxyConfiguration":    func(in *registration, _, _ *container) { in.ProxyConfiguration = &types.ProxyConfiguration{} },
	"inferenceAccelerators": withAccelerator,
	"enableFaultInjection":  func(in *registration, _, _ *container) { in.EnableFaultInjection = aws.Bool(true) },
	"volumes.s3filesVolumeConfiguration": func(in *registration, _, _ *container) {
		in.Volumes = []types.Volume{{S3filesVolumeConfiguration: &types.S3FilesVolumeConfiguration{}}}
	},
	"containerDefinitions.credentialSpecs": func(_ *registration, app, _ *container) { app.CredentialSpecs = []string{"x"} },
	"containerDefinitions.firelensConfiguration": func(_ *registration, app, _ *container) {
		app.FirelensConfiguration = &types.FirelensConfiguration{}
	},
	"containerDefinitions.resourceRequirements": func(_ *registration, app, _ *container) {
		app.ResourceRequirements = []types.ResourceRequirement{{Type: types.ResourceTypeGpu, Value: aws.String("1")}}
	},
	"containerDefinitions.portMappings.containerPortRange": func(_ *registration, app, _ *container) {
		app.PortMappings = []types.PortMapping{{ContainerPortRange: aws.String("80-90")}}
	},
}

func withAccelerator(in *registration, _, _ *container) {
	//lint:ignore SA1019 clients may still send it
	in.InferenceAccelerators = []types.InferenceAccelerator{{}}
}

func TestEveryMemberIsHonouredOrRefused(t *testing.T) {
	var all []string
	walkMembers(reflect.TypeFor[registration](), "", func(path string) { all = append(all, path) })
	for _, path := range all {
		want := slices.Contains(honoured, path)
		_, no := refused[path]
		assert.True(t, want != no, "%s must be in one of the lists honoured and refused", path)
	}
	for _, path := range slices.Concat(honoured, slices.Collect(maps.Keys(refused))) {
		assert.Contains(t, all, path, "the SDK has no such member")
	}
}

// walkMembers calls f for each member of an SDK structure that is refused, or
// that is no structure itself.
func walkMembers(t reflect.Type, prefix string, f func(path string)) {
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() {
			continue
		}
		path := prefix + memberName(field.Name)
		_, no := refused[path]
		if e := element(field.Type); !no && e.Kind() == reflect.Struct {
			walkMembers(e, path+".", f)
			continue
		}
		f(path)
	}
}

// element is what a pointer points to or a list consists of.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t
}

func memberName(field string) string {
	return string(unicode.ToLower(rune(field[0]))) + field[1:]
}

func TestRefusedMembersAreNamed(t *testing.T) {
	for member, f := range refused {
		t.Run(member, func(t *testing.T) {
			code, text := invalid(t, ec2Task(), f)
			assert.Equal(t, "UnsupportedFeatureException", code)
			assert.Contains(t, text, member)
		})
	}
}

func TestRefusedValuesAreNamed(t *testing.T) {
	for _, driver := range types.LogDriver("").Values() {
		in := ec2Task()
		in.ContainerDefinitions[0].LogConfiguration = &types.LogConfiguration{LogDriver: driver}
		if driver == types.LogDriverAwslogs || driver == types.LogDriverJsonFile {
			require.NoError(t, checkSupported(in))
			continue
		}
		assert.ErrorContains(t, checkSupported(in), "logConfiguration.logDriver "+string(driver))
	}
	in := ec2Task()
	in.RuntimePlatform = &types.RuntimePlatform{OperatingSystemFamily: types.OSFamilyWindowsServer2022Core}
	assert.ErrorContains(t, checkSupported(in), "runtimePlatform.operatingSystemFamily")
}
