package server

import (
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// maxFargateTimeout is the longest start or stop timeout on Fargate, in
// seconds.
const maxFargateTimeout = 120

// fargateSizes has the memory, in MiB, that goes with so many CPU units: from
// low to high in steps.
var fargateSizes = map[int]struct{ low, high, step int }{
	256:   {1024, 2048, 1024}, // and 512
	512:   {1024, 4096, 1024},
	1024:  {2048, 8192, 1024},
	2048:  {4096, 16384, 1024},
	4096:  {8192, 30720, 1024},
	8192:  {16384, 61440, 4096},
	16384: {32768, 122880, 8192},
}

// fargatePair reports whether Fargate has tasks of that size.
func fargatePair(cpu, memory int) bool {
	if cpu == 256 && memory == 512 {
		return true
	}
	s, ok := fargateSizes[cpu]
	return ok && memory >= s.low && memory <= s.high && (memory-s.low)%s.step == 0
}

// ecrImage matches images of a private ECR registry.
var ecrImage = regexp.MustCompile(`^\d{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|on\.aws)/`)

func usesECR(in *registration) bool {
	return slices.ContainsFunc(in.ContainerDefinitions, func(c types.ContainerDefinition) bool {
		return ecrImage.MatchString(aws.ToString(c.Image))
	})
}

// checkFargate checks whether a definition can be launched on Fargate.
func checkFargate(in *registration) error {
	cpu, _ := sizeOf(in.Cpu, parseCPU)
	memory, _ := sizeOf(in.Memory, parseMemory)
	err := firstOf(
		when(in.NetworkMode != types.NetworkModeAwsvpc, msgFargateMode),
		when(in.Cpu == nil, msgLaunchNeeds, "Fargate", "cpu"),
		when(in.Memory == nil, msgLaunchNeeds, "Fargate", "memory"),
		when(!fargatePair(cpu, memory), msgFargateSize, cpu, memory),
		when(in.IpcMode != "", msgFargateTasks, "ipcMode"),
		when(in.PidMode != "" && in.PidMode != types.PidModeTask, msgFargatePID),
		when(len(in.PlacementConstraints) > 0, msgFargateMember, "constraints"),
	)
	if err != nil {
		return err
	}
	if err := each(in.Volumes, checkFargateVolume); err != nil {
		return err
	}
	if err := each(in.ContainerDefinitions, checkFargateContainer); err != nil {
		return err
	}
	if err := checkFargateRole(in); err != nil {
		return err
	}
	return each(in.ContainerDefinitions, checkFargateStream)
}

func checkFargateVolume(v *types.Volume) error {
	return firstOf(
		when(v.Host != nil && aws.ToString(v.Host.SourcePath) != "", msgFargateMember, "sourcePath"),
		when(v.DockerVolumeConfiguration != nil, msgFargateMember, "dockerVolumeConfiguration"),
	)
}

func checkFargateContainer(c *types.ContainerDefinition) error {
	rules := []violation{
		when(aws.ToBool(c.Privileged), msgFargateMember, "privileged"),
		when(len(c.DockerSecurityOptions) > 0, msgFargateMember, "dockerSecurityOptions"),
		when(aws.ToInt32(c.StartTimeout) > maxFargateTimeout, msgFargateTimeout, "start", maxFargateTimeout),
		when(aws.ToInt32(c.StopTimeout) > maxFargateTimeout, msgFargateTimeout, "stop", maxFargateTimeout),
	}
	if l := c.LogConfiguration; l != nil {
		rules = append(rules, when(!fargateDriver(l.LogDriver), msgFargateDriver, l.LogDriver))
	}
	if l := c.LinuxParameters; l != nil {
		rules = append(rules, fargateLinux(l)...)
	}
	return firstOf(rules...)
}

// checkFargateStream wants a prefix: on Fargate a log stream can't have the
// name that Docker gives the container.
func checkFargateStream(c *types.ContainerDefinition) error {
	l := c.LogConfiguration
	if l == nil || l.LogDriver != types.LogDriverAwslogs {
		return nil
	}
	return firstOf(when(!slices.Contains(optionNames(*l), "awslogs-stream-prefix"), msgFargateStream))
}

func fargateDriver(d types.LogDriver) bool {
	return d == types.LogDriverAwslogs || d == types.LogDriverSplunk || d == types.LogDriverAwsfirelens
}

func fargateLinux(l *types.LinuxParameters) []violation {
	adds := l.Capabilities != nil && slices.ContainsFunc(l.Capabilities.Add, func(name string) bool { return name != "SYS_PTRACE" })
	return []violation{
		when(len(l.Devices) > 0, msgFargateMember, "devices"),
		when(l.SharedMemorySize != nil, msgFargateMember, "sharedMemorySize"),
		when(l.MaxSwap != nil, msgFargateMember, "maxSwap"),
		when(l.Swappiness != nil, msgFargateMember, "swappiness"),
		when(adds, msgFargateMember, "adding capabilities other than SYS_PTRACE"),
	}
}

// checkFargateRole wants the role that Fargate pulls and logs with.
func checkFargateRole(in *registration) error {
	if aws.ToString(in.ExecutionRoleArn) != "" {
		return nil
	}
	logs := slices.ContainsFunc(in.ContainerDefinitions, func(c types.ContainerDefinition) bool {
		return c.LogConfiguration != nil && c.LogConfiguration.LogDriver == types.LogDriverAwslogs
	})
	return firstOf(
		when(usesECR(in), msgLaunchRole, "Fargate", "ECR images"),
		when(logs, msgLaunchRole, "Fargate", "log driver awslogs"),
	)
}
