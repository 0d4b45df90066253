package server

import (
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// checkVolumes checks the task's volumes.
func checkVolumes(in *registration) error {
	if err := each(in.Volumes, checkVolume); err != nil {
		return err
	}
	name, twice := duplicate(volumeNames(in))
	launched := 0
	for _, v := range in.Volumes {
		if aws.ToBool(v.ConfiguredAtLaunch) {
			launched++
		}
	}
	return firstOf(
		when(twice, msgVolumeDuplicate, name),
		when(launched > 1, msgVolumesAtLaunch),
	)
}

func volumeNames(in *registration) []string {
	return keysOf(in.Volumes, func(v *types.Volume) string { return aws.ToString(v.Name) })
}

func checkVolume(v *types.Volume) error {
	name := aws.ToString(v.Name)
	err := firstOf(
		when(name == "", msgNull, "Volume.name"),
		when(!namePattern.MatchString(name), msgCharacters, "Volume.name"),
		when(volumeKinds(v) > 1, msgVolumeKinds),
	)
	if err != nil {
		return err
	}
	if v.DockerVolumeConfiguration != nil {
		return checkDockerVolume(name, v.DockerVolumeConfiguration)
	}
	if v.EfsVolumeConfiguration != nil {
		return checkEFS(v.EfsVolumeConfiguration)
	}
	return checkFSx(v.FsxWindowsFileServerVolumeConfiguration)
}

// volumeKinds counts the configurations of v; an empty host is none.
func volumeKinds(v *types.Volume) int {
	n := 0
	for _, set := range []bool{
		v.Host != nil && v.Host.SourcePath != nil,
		v.DockerVolumeConfiguration != nil,
		v.EfsVolumeConfiguration != nil,
		v.FsxWindowsFileServerVolumeConfiguration != nil,
		aws.ToBool(v.ConfiguredAtLaunch),
	} {
		if set {
			n++
		}
	}
	return n
}

func checkDockerVolume(name string, d *types.DockerVolumeConfiguration) error {
	if err := checkEnum("dockerVolumeConfiguration.scope", d.Scope); err != nil {
		return err
	}
	return firstOf(when(aws.ToBool(d.Autoprovision) && d.Scope != types.ScopeShared, msgAutoprovision, name))
}

func checkEFS(e *types.EFSVolumeConfiguration) error {
	if err := checkEnum("efsVolumeConfiguration.transitEncryption", e.TransitEncryption); err != nil {
		return err
	}
	encrypted := e.TransitEncryption == types.EFSTransitEncryptionEnabled
	a := e.AuthorizationConfig
	if a == nil {
		a = &types.EFSAuthorizationConfig{}
	}
	if err := checkEnum("efsVolumeConfiguration.authorizationConfig.iam", a.Iam); err != nil {
		return err
	}
	return firstOf(
		when(aws.ToString(e.FileSystemId) == "", msgNull, "EFSVolumeConfiguration.fileSystemId"),
		when(a.AccessPointId != nil && path.Clean("/"+aws.ToString(e.RootDirectory)) != "/", msgEFSAccessRoot),
		when(a.AccessPointId != nil && !encrypted, msgEFSEncryption, "an access point"),
		when(a.Iam == types.EFSAuthorizationConfigIAMEnabled && !encrypted, msgEFSEncryption, "IAM authorization"),
	)
}

func checkFSx(f *types.FSxWindowsFileServerVolumeConfiguration) error {
	if f == nil {
		return nil
	}
	a := f.AuthorizationConfig
	if a == nil {
		a = &types.FSxWindowsFileServerAuthorizationConfig{}
	}
	return firstOf(
		when(aws.ToString(f.FileSystemId) == "", msgNull, "FSxWindowsFileServerVolumeConfiguration.fileSystemId"),
		when(aws.ToString(f.RootDirectory) == "", msgNull, "FSxWindowsFileServerVolumeConfiguration.rootDirectory"),
		when(aws.ToString(a.CredentialsParameter) == "", msgNull, "FSxWindowsFileServerAuthorizationConfig.credentialsParameter"),
		when(aws.ToString(a.Domain) == "", msgNull, "FSxWindowsFileServerAuthorizationConfig.domain"),
	)
}

// checkReferences checks that the volumes and containers that containers
// refer to are there.
func checkReferences(in *registration) error {
	volumes, containers := volumeNames(in), containerNames(in)
	return each(in.ContainerDefinitions, func(c *types.ContainerDefinition) error {
		for _, m := range c.MountPoints {
			if !slices.Contains(volumes, *m.SourceVolume) {
				return clientException(msgVolumeUnknown, *m.SourceVolume)
			}
		}
		for _, v := range c.VolumesFrom {
			if name := aws.ToString(v.SourceContainer); !slices.Contains(containers, name) {
				return clientException(msgVolumesFromUnknown, name, *c.Name)
			}
		}
		for _, link := range c.Links {
			if name := linkTarget(link); !slices.Contains(containers, name) {
				return clientException(msgLinkUnknown, name, *c.Name)
			}
		}
		return nil
	})
}

func containerNames(in *registration) []string {
	return keysOf(in.ContainerDefinitions, func(c *types.ContainerDefinition) string { return *c.Name })
}

// linkTarget is the container that name or name:alias links to.
func linkTarget(link string) string {
	name, _, _ := strings.Cut(link, ":")
	return name
}
