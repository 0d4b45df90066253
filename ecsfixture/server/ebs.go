package server

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// attachmentEBS is the type of the attachment of an EBS volume.
const attachmentEBS = "AmazonElasticBlockStorage"

// volumeTypes has the size, in GiB, and the IOPS that a type of EBS volume
// can have; 0 IOPS can't be set.
var volumeTypes = map[string]struct{ least, most, leastIOPS, mostIOPS int32 }{
	"gp2": {1, 16384, 0, 0}, "gp3": {1, 16384, 3000, 16000},
	"io1": {4, 16384, 100, 64000}, "io2": {4, 16384, 100, 256000},
	"st1": {125, 16384, 0, 0}, "sc1": {125, 16384, 0, 0},
	"standard": {1, 1024, 0, 0},
}

const (
	defaultVolumeType = "gp3"
	maxThroughput     = 1000 // MiB/s
)

// atLaunch returns the name of the volume of a definition that is configured
// at launch, of which there is at most one.
func atLaunch(volumes []types.Volume) (string, bool) {
	i := slices.IndexFunc(volumes, func(v types.Volume) bool { return deref(v.ConfiguredAtLaunch) })
	if i < 0 {
		return "", false
	}
	return *volumes[i].Name, true
}

// checkVolumeConfigurations holds the volumes of a launch against those that
// its definition leaves to it.
func checkVolumeConfigurations(td *taskDefinition, list []types.TaskVolumeConfiguration) error {
	name, want := atLaunch(td.def.Volumes)
	for _, c := range list {
		if !want || deref(c.Name) != name {
			return invalidParameter(msgVolumeNotAtLaunch)
		}
	}
	switch {
	case len(list) > 1:
		return invalidParameter(msgVolumeTwice, name)
	case want && len(list) == 0:
		return invalidParameter(msgVolumeAtLaunch, name)
	case !want:
		return nil
	}
	return checkEBS(list[0].ManagedEBSVolume)
}

func checkEBS(v *types.TaskManagedEBSVolumeConfiguration) error {
	if v == nil {
		return invalidParameter(msgNull, "managedEBSVolume")
	}
	if v.SnapshotId != nil || v.VolumeInitializationRate != nil {
		return unsupportedMember("volumeConfigurations.managedEBSVolume.snapshotId and volumeInitializationRate")
	}
	if err := checkEnum("filesystemType", v.FilesystemType); err != nil {
		return err
	}
	for _, tags := range v.TagSpecifications {
		if err := checkTags(tags.Tags); err != nil {
			return err
		}
	}
	return asInvalidParameter(checkEBSNumbers(v))
}

func checkEBSNumbers(v *types.TaskManagedEBSVolumeConfiguration) error {
	kind := orElse(v.VolumeType, defaultVolumeType)
	bounds, known := volumeTypes[kind]
	policy := v.TerminationPolicy
	return firstOf(
		when(!rolePattern.MatchString(deref(v.RoleArn)), msgRole),
		when(!known, msgVolumeType, kind),
		when(v.SizeInGiB == nil, msgVolumeSize),
		when(outside(v.SizeInGiB, bounds.least, bounds.most), msgVolumeBounds, "sizeInGiB", kind, bounds.least, bounds.most),
		when(v.Iops != nil && bounds.mostIOPS == 0, msgVolumeMember, "iops", kind),
		when(outside(v.Iops, bounds.leastIOPS, bounds.mostIOPS), msgVolumeBounds, "iops", kind, bounds.leastIOPS, bounds.mostIOPS),
		when(v.Iops == nil && strings.HasPrefix(kind, "io"), msgNull, "iops"),
		when(v.Throughput != nil && kind != "gp3", msgVolumeMember, "throughput", kind),
		when(outside(v.Throughput, 125, maxThroughput), msgVolumeBounds, "throughput", kind, 125, maxThroughput),
		when(policy != nil && policy.DeleteOnTermination == nil, msgNull, "terminationPolicy.deleteOnTermination"),
	)
}

// newEBSAttachment is the EBS volume of a new task, before it is made.
func newEBSAttachment(c types.TaskVolumeConfiguration) types.Attachment {
	v := c.ManagedEBSVolume
	a := types.Attachment{
		Id: aws.String(newUUID()), Type: aws.String(attachmentEBS), Status: aws.String("PRECREATED"),
		Details: []types.KeyValuePair{
			detail("volumeName", *c.Name),
			detail("roleArn", *v.RoleArn),
			detail("volumeType", orElse(v.VolumeType, defaultVolumeType)),
			detail("sizeInGiB", strconv.Itoa(int(*v.SizeInGiB))),
			detail("filesystemType", string(either(v.FilesystemType, types.TaskFilesystemTypeXfs))),
			detail("encrypted", strconv.FormatBool(deref(v.Encrypted))),
			detail("deleteOnTermination", strconv.FormatBool(v.TerminationPolicy == nil || *v.TerminationPolicy.DeleteOnTermination)),
		},
	}
	for name, n := range map[string]*int32{"iops": v.Iops, "throughput": v.Throughput} {
		if n != nil {
			a.Details = append(a.Details, detail(name, strconv.Itoa(int(*n))))
		}
	}
	if v.KmsKeyId != nil {
		a.Details = append(a.Details, detail("kmsKeyId", *v.KmsKeyId))
	}
	return a
}

// attachVolumes records that the task's EBS volume is there.
func attachVolumes(api *types.Task) {
	for i := range api.Attachments {
		if a := &api.Attachments[i]; *a.Type == attachmentEBS {
			a.Status = aws.String("ATTACHED")
			a.Details = append(a.Details, detail("volumeId", volumeID(*a)))
		}
	}
}

// volumeID is the id of an attachment's EBS volume.
func volumeID(a types.Attachment) string {
	return fmt.Sprintf("vol-%.17s", strings.ReplaceAll(*a.Id, "-", ""))
}

// blockVolume stands in for the task's EBS volume. One that isn't to be
// deleted with the task stays until the runtime is closed.
func (t *task) blockVolume(out *runtime.Volume) {
	for _, a := range t.api.Attachments {
		if *a.Type == attachmentEBS && slices.ContainsFunc(a.Details, func(d types.KeyValuePair) bool {
			return *d.Name == "deleteOnTermination" && *d.Value == "false"
		}) {
			out.Kind, out.Source = runtime.VolumeKept, volumeID(a)
		}
	}
}

// serviceVolumes are the volumes of a service as its tasks have them: deleted
// with each.
func serviceVolumes(list []types.ServiceVolumeConfiguration) (out []types.TaskVolumeConfiguration) {
	for _, c := range list {
		volume := types.TaskVolumeConfiguration{Name: c.Name}
		if v := c.ManagedEBSVolume; v != nil {
			volume.ManagedEBSVolume = &types.TaskManagedEBSVolumeConfiguration{
				RoleArn: v.RoleArn, Encrypted: v.Encrypted, FilesystemType: v.FilesystemType, Iops: v.Iops,
				KmsKeyId: v.KmsKeyId, SizeInGiB: v.SizeInGiB, SnapshotId: v.SnapshotId,
				TagSpecifications: v.TagSpecifications, Throughput: v.Throughput,
				VolumeInitializationRate: v.VolumeInitializationRate, VolumeType: v.VolumeType,
			}
		}
		out = append(out, volume)
	}
	return out
}
