package terraform

import (
	"cmp"
	"encoding/json"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// containers decodes the text of container_definitions as the provider does.
func containers(t *testing.T, text string) (list []types.ContainerDefinition) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &list), text)
	return list
}

func (p provider) register(mode types.NetworkMode, text string) (arn string) {
	p.Helper()
	out, err := p.RegisterTaskDefinition(p.Context(), definition(p.T, mode, text))
	require.NoError(p, err, text)
	return *out.TaskDefinition.TaskDefinitionArn
}

func definition(t *testing.T, mode types.NetworkMode, text string) *ecs.RegisterTaskDefinitionInput {
	t.Helper()
	return &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("demo"), NetworkMode: mode, ContainerDefinitions: containers(t, text),
		ExecutionRoleArn: aws.String("arn:aws:iam::000000000000:role/execution"),
		Volumes:          []types.Volume{{Name: aws.String("data")}},
	}
}

// read reads a definition as aws_ecs_task_definition does.
func (p provider) read(name string) *ecs.DescribeTaskDefinitionOutput {
	p.Helper()
	out, err := p.DescribeTaskDefinition(p.Context(), &ecs.DescribeTaskDefinitionInput{
		TaskDefinition: aws.String(name), Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags},
	})
	require.NoError(p, err)
	return out
}

// reduced is what the provider compares of container definitions: what is
// filled in here may differ between its configuration and the reply.
func reduced(t *testing.T, list []types.ContainerDefinition, mode types.NetworkMode) string {
	t.Helper()
	text, err := json.Marshal(list)
	require.NoError(t, err)
	list = containers(t, string(text)) // a copy
	slices.SortFunc(list, func(a, b types.ContainerDefinition) int { return cmp.Compare(*a.Name, *b.Name) })
	for i := range list {
		reduce(&list[i], mode)
	}
	text, err = json.MarshalIndent(list, "", " ")
	require.NoError(t, err)
	return string(text)
}

func reduce(c *types.ContainerDefinition, mode types.NetworkMode) {
	fill(&c.Essential, true)
	if h := c.HealthCheck; h != nil {
		fill(&h.Interval, 30)
		fill(&h.Retries, 3)
		fill(&h.Timeout, 5)
	}
	for i := range c.PortMappings {
		m := &c.PortMappings[i]
		m.Protocol = cmp.Or(m.Protocol, types.TransportProtocolTcp)
		if m.HostPort != nil && *m.HostPort == 0 {
			m.HostPort = nil
		}
		if mode == types.NetworkModeAwsvpc && m.HostPort == nil {
			m.HostPort = m.ContainerPort
		}
	}
	slices.SortFunc(c.Environment, func(a, b types.KeyValuePair) int { return cmp.Compare(*a.Name, *b.Name) })
	slices.SortFunc(c.Secrets, func(a, b types.Secret) int { return cmp.Compare(*a.Name, *b.Name) })
	dropEmpty(&c.Command, &c.CredentialSpecs, &c.DnsSearchDomains, &c.DnsServers, &c.DockerSecurityOptions, &c.EntryPoint, &c.Links)
	dropEmpty(&c.DependsOn)
	dropEmpty(&c.Environment)
	dropEmpty(&c.EnvironmentFiles)
	dropEmpty(&c.ExtraHosts)
	dropEmpty(&c.MountPoints)
	dropEmpty(&c.PortMappings)
	dropEmpty(&c.ResourceRequirements)
	dropEmpty(&c.Secrets)
	dropEmpty(&c.SystemControls)
	dropEmpty(&c.Ulimits)
	dropEmpty(&c.VolumesFrom)
}

func fill[T any](member **T, value T) {
	if *member == nil {
		*member = &value
	}
}

func dropEmpty[T any](lists ...*[]T) {
	for _, l := range lists {
		if len(*l) == 0 {
			*l = nil
		}
	}
}

// probes are configurations of one container; all have name, image and memory
// in front.
var probes = []string{
	``,
	`,"cpu":0,"essential":true,"environment":[],"mountPoints":[],"volumesFrom":[],"portMappings":[],"systemControls":[]`,
	`,"essential":false`,
	`,"memoryReservation":16`,
	`,"command":["a","b"],"entryPoint":["sh"],"workingDirectory":"/tmp","user":"nobody"`,
	`,"user":""`,
	`,"environment":[{"name":"B","value":"2"},{"name":"A","value":"1"}]`,
	`,"secrets":[{"name":"B","valueFrom":"/b"},{"name":"A","valueFrom":"arn:aws:secretsmanager:us-east-1:000000000000:secret:a"}]`,
	`,"mountPoints":[{"sourceVolume":"data","containerPath":"/data"}]`,
	`,"mountPoints":[{"sourceVolume":"data","containerPath":"/data","readOnly":false}]`,
	`,"mountPoints":[{"sourceVolume":"data","containerPath":"/data","readOnly":true}]`,
	`,"healthCheck":{"command":["CMD-SHELL","true"]}`,
	`,"healthCheck":{"command":["CMD-SHELL","true"],"interval":10,"timeout":2,"retries":2,"startPeriod":0}`,
	`,"logConfiguration":{"logDriver":"json-file"}`,
	`,"logConfiguration":{"logDriver":"json-file","options":{},"secretOptions":[]}`,
	`,"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"g","awslogs-region":"us-east-1","awslogs-stream-prefix":"p"}}`,
	`,"linuxParameters":{"initProcessEnabled":true}`,
	`,"linuxParameters":{"initProcessEnabled":false,"capabilities":{"add":["SYS_PTRACE"],"drop":[]}}`,
	`,"ulimits":[{"name":"nofile","softLimit":1024,"hardLimit":2048}]`,
	`,"restartPolicy":{"enabled":true}`,
	`,"restartPolicy":{"enabled":true,"ignoredExitCodes":[],"restartAttemptPeriod":60}`,
	`,"restartPolicy":{"enabled":false}`,
	`,"dockerLabels":{"a":"b"}`,
	`,"readonlyRootFilesystem":false,"privileged":false,"interactive":false,"pseudoTerminal":false`,
	`,"readonlyRootFilesystem":true,"privileged":true,"interactive":true,"pseudoTerminal":true`,
	`,"stopTimeout":5,"startTimeout":5`,
	`,"versionConsistency":"disabled"`,
	`,"systemControls":[{"namespace":"net.core.somaxconn","value":"1024"}]`,
	`,"disableNetworking":false`,
	`,"environmentFiles":[{"type":"s3","value":"arn:aws:s3:::bucket/app.env"}]`,
	`,"repositoryCredentials":{"credentialsParameter":"arn:aws:secretsmanager:us-east-1:000000000000:secret:r"}`,
}

// These are not for each network mode.
var (
	portProbes = []string{
		`,"portMappings":[{"containerPort":80}]`,
		`,"portMappings":[{"containerPort":80,"hostPort":80,"protocol":"tcp"},{"containerPort":53,"hostPort":53,"protocol":"udp","name":"dns","appProtocol":"http"}]`,
	}
	bridgeProbes = []string{
		`,"hostname":"web","extraHosts":[{"hostname":"db","ipAddress":"10.0.0.1"}],"dnsServers":["10.0.0.2"],"dnsSearchDomains":["internal"],"dockerSecurityOptions":[]`,
	}
)

// TestContainerDefinitionsPlanIsEmpty registers each configuration and
// compares what comes back as the provider does.
func TestContainerDefinitionsPlanIsEmpty(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	for mode, list := range map[types.NetworkMode][]string{
		types.NetworkModeBridge: slices.Concat(probes, portProbes, bridgeProbes),
		types.NetworkModeAwsvpc: slices.Concat(probes, portProbes),
		types.NetworkModeHost:   slices.Concat(probes, portProbes[1:]), // ECS fills hostPort there, which the provider doesn't overlook
		types.NetworkModeNone:   probes,
		"":                      slices.Concat(probes, portProbes, bridgeProbes),
	} {
		for _, probe := range list {
			got := p.read(p.register(mode, one(probe))).TaskDefinition.ContainerDefinitions
			assert.Equal(t, reduced(t, containers(t, one(probe)), mode), reduced(t, got, mode), "%s in mode %q", probe, mode)
		}
	}
}

// one is a second container with a probe after an ordinary first.
func one(probe string) string {
	return `[{"name":"z","image":"z","memory":32},{"name":"app","image":"app","memory":32` + probe + `}]`
}

// TestReducedSees the differences that are a replacement for ever, and
// overlooks those that aren't one.
func TestReducedSees(t *testing.T) {
	t.Parallel()
	const base = `,"portMappings":[{"containerPort":80}],"mountPoints":[{"sourceVolume":"data","containerPath":"/d"}],"healthCheck":{"command":["CMD","x"]}`
	for _, same := range []string{
		base, base + `,"cpu":0,"essential":true,"environment":[],"secrets":[]`,
		`,"portMappings":[{"containerPort":80,"hostPort":0,"protocol":"tcp"}],"mountPoints":[{"sourceVolume":"data","containerPath":"/d"}],"healthCheck":{"command":["CMD","x"],"interval":30,"retries":3,"timeout":5}`,
	} {
		assert.Equal(t, reduced(t, containers(t, one(base)), "bridge"), reduced(t, containers(t, one(same)), "bridge"), same)
	}
	for _, other := range []string{
		`,"dockerLabels":{}`, `,"memoryReservation":0`, `,"privileged":false`, `,"readonlyRootFilesystem":false`, `,"interactive":false`,
		`,"pseudoTerminal":false`, `,"user":""`, `,"startTimeout":0`, `,"stopTimeout":0`, `,"versionConsistency":"enabled"`,
		`,"logConfiguration":{"options":{}}`, `,"linuxParameters":{}`, `,"restartPolicy":{"enabled":true}`,
	} {
		assert.NotEqual(t, reduced(t, containers(t, one(base)), "bridge"), reduced(t, containers(t, one(base+other)), "bridge"), other)
	}
}

// TestTaskDefinition: what isn't sent stays absent.
func TestTaskDefinition(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	out := p.read(p.register("", one("")))
	td := out.TaskDefinition
	assert.Equal(t, types.TaskDefinitionStatusActive, td.Status)
	assert.Equal(t, int32(1), td.Revision)
	assert.Nil(t, td.Cpu)
	assert.Nil(t, td.Memory)
	assert.Nil(t, td.TaskRoleArn)
	assert.Empty(t, td.IpcMode)
	assert.Empty(t, td.PidMode)
	assert.Empty(t, td.PlacementConstraints)
	assert.Empty(t, td.RequiresCompatibilities)
	assert.Nil(t, td.ProxyConfiguration)
	assert.Nil(t, td.RuntimePlatform)
	assert.Nil(t, td.EphemeralStorage)
	assert.Equal(t, []string{"data"}, []string{*td.Volumes[0].Name})
	assert.Empty(t, out.Tags)
}

// TestTaskDefinitionIsEchoed: what is sent comes back as it was.
func TestTaskDefinitionIsEchoed(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	in := definition(t, types.NetworkModeAwsvpc, one(""))
	in.RequiresCompatibilities = []types.Compatibility{types.CompatibilityFargate}
	in.Cpu, in.Memory = aws.String("256"), aws.String("512")
	in.TaskRoleArn = aws.String("arn:aws:iam::000000000000:role/app")
	in.RuntimePlatform = &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureX8664, OperatingSystemFamily: types.OSFamilyLinux}
	in.EphemeralStorage = &types.EphemeralStorage{SizeInGiB: 30}
	in.Volumes = []types.Volume{
		{Name: aws.String("plain")},
		{Name: aws.String("efs"), EfsVolumeConfiguration: &types.EFSVolumeConfiguration{
			FileSystemId: aws.String("fs-1"), RootDirectory: aws.String("/"), TransitEncryption: types.EFSTransitEncryptionEnabled,
			AuthorizationConfig: &types.EFSAuthorizationConfig{Iam: types.EFSAuthorizationConfigIAMEnabled},
		}},
	}
	in.Tags = tags("team", "blue")
	made, err := p.RegisterTaskDefinition(t.Context(), in)
	require.NoError(t, err)
	out := p.read(*made.TaskDefinition.TaskDefinitionArn)
	td := out.TaskDefinition
	assert.Equal(t, in.RequiresCompatibilities, td.RequiresCompatibilities)
	assert.Equal(t, "256 512", *td.Cpu+" "+*td.Memory)
	assert.Equal(t, in.TaskRoleArn, td.TaskRoleArn)
	assert.Equal(t, in.ExecutionRoleArn, td.ExecutionRoleArn)
	assert.Equal(t, in.RuntimePlatform, td.RuntimePlatform)
	assert.Equal(t, in.EphemeralStorage, td.EphemeralStorage)
	require.Len(t, td.Volumes, 2)
	assert.Equal(t, in.Volumes[1].EfsVolumeConfiguration, td.Volumes[1].EfsVolumeConfiguration)
	assert.Equal(t, map[string]string{"team": "blue"}, tagMap(out.Tags))
	p.retag(*td.TaskDefinitionArn)
}

// TestDockerVolumeIsEchoed, but for its scope, which is computed.
func TestDockerVolumeIsEchoed(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	in := definition(t, types.NetworkModeBridge, one(""))
	in.PlacementConstraints = []types.TaskDefinitionPlacementConstraint{{Type: "memberOf", Expression: aws.String("attribute:ecs.os-type == linux")}}
	in.PidMode, in.IpcMode = types.PidModeTask, types.IpcModeTask
	in.Volumes = []types.Volume{{Name: aws.String("v"), DockerVolumeConfiguration: &types.DockerVolumeConfiguration{Driver: aws.String("local"), Labels: map[string]string{"a": "b"}}}}
	made, err := p.RegisterTaskDefinition(t.Context(), in)
	require.NoError(t, err)
	td := p.read(*made.TaskDefinition.TaskDefinitionArn).TaskDefinition
	want := *in.Volumes[0].DockerVolumeConfiguration
	want.Scope = types.ScopeTask
	assert.Equal(t, &want, td.Volumes[0].DockerVolumeConfiguration)
	assert.Equal(t, in.PlacementConstraints, td.PlacementConstraints)
	assert.Equal(t, "task task", string(td.PidMode)+" "+string(td.IpcMode))
}

// TestTaskDefinitionEnds: INACTIVE is gone to the provider.
func TestTaskDefinitionEnds(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	first, second := p.register("bridge", one("")), p.register("bridge", one(""))
	assert.Equal(t, second, *p.read("demo").TaskDefinition.TaskDefinitionArn, "track_latest")
	in := &ecs.DeregisterTaskDefinitionInput{TaskDefinition: aws.String(second)}
	_, err := p.DeregisterTaskDefinition(t.Context(), in)
	require.NoError(t, err)
	assert.Equal(t, types.TaskDefinitionStatusInactive, p.read(second).TaskDefinition.Status)
	assert.Equal(t, first, *p.read("demo").TaskDefinition.TaskDefinitionArn, "track_latest")

	run, err := p.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String(first)})
	require.NoError(t, err)
	p.fx.WaitTaskRunning(t, *run.Tasks[0].TaskArn) // or the definition is gone at once
	in.TaskDefinition = aws.String(first)
	_, err = p.DeregisterTaskDefinition(t.Context(), in)
	require.NoError(t, err)
	_, err = p.DeleteTaskDefinitions(t.Context(), &ecs.DeleteTaskDefinitionsInput{TaskDefinitions: []string{first}})
	require.NoError(t, err)
	_, err = p.DeregisterTaskDefinition(t.Context(), in)
	refused[*types.ClientException](t, err, "in the process of being deleted")

	_, err = p.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String("none")})
	refused[*types.ClientException](t, err, "")
}
