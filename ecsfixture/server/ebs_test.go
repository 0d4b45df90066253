package server

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
)

// atLaunchDefinition has a volume named data that is configured at launch.
func atLaunchDefinition() *taskDefinition {
	return &taskDefinition{def: types.TaskDefinition{Volumes: dataVolume(launchVolume)}}
}

func ebs(change ...func(*types.TaskManagedEBSVolumeConfiguration)) []types.TaskVolumeConfiguration {
	v := &types.TaskManagedEBSVolumeConfiguration{RoleArn: aws.String("arn:aws:iam::000000000000:role/infra"), SizeInGiB: aws.Int32(10)}
	for _, f := range change {
		f(v)
	}
	return []types.TaskVolumeConfiguration{{Name: aws.String("data"), ManagedEBSVolume: v}}
}

func TestVolumeConfigurationRules(t *testing.T) {
	type volume = types.TaskManagedEBSVolumeConfiguration
	n := aws.Int32
	for text, list := range map[string][]types.TaskVolumeConfiguration{
		"must be provided for the volume 'data'":  nil,
		"has more than one volume configuration.": append(ebs(), ebs()...),
		"no matching configuredAtLaunch volume":   {{Name: aws.String("other")}},
		"managedEBSVolume should not be null":     {{Name: aws.String("data")}},
		"Role is not valid":                       ebs(func(v *volume) { v.RoleArn = nil }),
		"Either sizeInGiB or snapshotId":          ebs(func(v *volume) { v.SizeInGiB = nil }),
		"snapshotId and volumeInitializationRate": ebs(func(v *volume) { v.SnapshotId = aws.String("snap-1") }),
		"Invalid EBS volume type: gp9":            ebs(func(v *volume) { v.VolumeType = aws.String("gp9") }),
		"sizeInGiB of a st1 volume must be":       ebs(func(v *volume) { v.VolumeType = aws.String("st1") }),
		"iops is not supported for gp2":           ebs(func(v *volume) { v.VolumeType, v.Iops = aws.String("gp2"), n(3000) }),
		"iops of a gp3 volume must be":            ebs(func(v *volume) { v.Iops = n(100) }),
		"iops should not be null":                 ebs(func(v *volume) { v.VolumeType = aws.String("io2") }),
		"throughput is not supported for io1":     ebs(func(v *volume) { v.VolumeType, v.Iops, v.Throughput = aws.String("io1"), n(100), n(500) }),
		"throughput of a gp3 volume must be":      ebs(func(v *volume) { v.Throughput = n(1001) }),
		"filesystemType":                          ebs(func(v *volume) { v.FilesystemType = "zfs" }),
		"deleteOnTermination should not be null":  ebs(func(v *volume) { v.TerminationPolicy = &types.TaskManagedEBSVolumeTerminationPolicy{} }),
	} {
		assert.ErrorContains(t, checkVolumeConfigurations(atLaunchDefinition(), list), text)
	}
	assert.NoError(t, checkVolumeConfigurations(atLaunchDefinition(), ebs()))
	assert.NoError(t, checkVolumeConfigurations(new(taskDefinition), nil))
	assert.ErrorContains(t, checkVolumeConfigurations(new(taskDefinition), ebs()), "no matching configuredAtLaunch volume")
}

func TestDirectoriesOfFileSystems(t *testing.T) {
	for root, want := range map[string]string{
		"": "/srv/fs", "/": "/srv/fs", "/data/": "/srv/fs/data", `share\app`: "/srv/fs/share/app", "/../../etc": "/srv/fs/etc",
	} {
		got, ok := share{id: "fs-1", root: root}.directory(map[string]string{"fs-1": "/srv/fs"})
		assert.True(t, ok)
		assert.Equal(t, want, got, root)
	}
}
