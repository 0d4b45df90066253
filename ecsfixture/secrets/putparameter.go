package secrets

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

const (
	maxStandard  = 4096
	maxAdvanced  = 8192
	maxLevels    = 15
	maxRevisions = 100
)

var dataTypes = []string{"text", "aws:ec2:image", "aws:ssm:integration"}

// PutParameter mirrors the operation of that name. Policies are not
// supported.
func (p *Parameters) PutParameter(_ context.Context, in *ssm.PutParameterInput) (*ssm.PutParameterOutput, error) {
	tags, err := checkPutParameter(in)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.byName[*in.Name]
	if err := checkOverwrite(found, in); err != nil {
		return nil, err
	}
	if found == nil {
		found = p.create(*in.Name)
	}
	found.tags.add(tags)
	r := found.revise(in)
	return &ssm.PutParameterOutput{Tier: r.tier, Version: r.number}, nil
}

func checkPutParameter(in *ssm.PutParameterInput) (tags []managerTag, err error) {
	tags, err = checkParameterTags(in.Tags)
	return tags, first(
		required("name", in.Name, 1, 2048),
		checkParameterName(in.Name),
		required("value", in.Value, 1, 1<<20),
		oneOf("type", in.Type, in.Type.Values()),
		oneOf("tier", in.Tier, in.Tier.Values()),
		optional("description", in.Description, 0, 1024),
		optional("keyId", in.KeyId, 1, 256),
		checkDataType(in.DataType),
		checkPattern(in.AllowedPattern, in.Value),
		err,
		unsupported("Policies", aws.ToString(in.Policies) != ""),
	)
}

var (
	validParameterName = regexp.MustCompile(`^[A-Za-z0-9_.\-/]+$`)
	reservedName       = regexp.MustCompile(`(?i)^/?(aws|ssm)`)
)

func checkParameterName(name *string) error {
	switch {
	case name == nil:
		return nil // said already
	case !validParameterName.MatchString(*name), reservedName.MatchString(*name),
		strings.Contains(*name, "//"), strings.HasSuffix(*name, "/"):
		return validation(msgParameterName)
	case strings.Contains(*name, "/") && (*name)[0] != '/':
		return validation(msgQualifiedName)
	case strings.Count(*name, "/") > maxLevels:
		return &types.HierarchyLevelLimitExceededException{Message: formatted(msgLevels, []any{maxLevels})}
	}
	return nil
}

func checkDataType(given *string) error {
	if given == nil || slices.Contains(dataTypes, *given) {
		return nil
	}
	return validation(msgDataType, *given)
}

func checkPattern(pattern, value *string) error {
	if pattern == nil || value == nil {
		return nil
	}
	re, err := regexp.Compile(*pattern)
	if err != nil {
		return &types.InvalidAllowedPatternException{Message: formatted(msgBadPattern, []any{*pattern})}
	}
	if !re.MatchString(*value) {
		return &types.ParameterPatternMismatchException{Message: formatted(msgPattern, []any{*pattern})}
	}
	return nil
}

// checkOverwrite checks what depends on whether the parameter is there.
func checkOverwrite(found *parameter, in *ssm.PutParameterInput) error {
	overwrite := aws.ToBool(in.Overwrite)
	switch {
	case overwrite && len(in.Tags) > 0:
		return validation(msgTagsAndOverwrite)
	case found == nil && in.Type == "":
		return validation(msgNoType)
	case found == nil:
		return checkTier(nil, in)
	case !overwrite:
		return &types.ParameterAlreadyExists{Message: aws.String(msgParameterExists)}
	}
	return first(checkTier(found.latest(), in), found.checkRoom())
}

func checkTier(last *revision, in *ssm.PutParameterInput) error {
	advanced := last != nil && last.tier == types.ParameterTierAdvanced
	switch length := len(*in.Value); {
	case length > maxAdvanced:
		return validation(msgAdvancedSize)
	case advanced && in.Tier == types.ParameterTierStandard:
		return validation(msgTierDown)
	case !advanced && length > maxStandard && (in.Tier == "" || in.Tier == types.ParameterTierStandard):
		return validation(msgStandardSize)
	}
	return nil
}

// tierOf chooses as Intelligent-Tiering does: the cheapest that will do.
func tierOf(last *revision, in *ssm.PutParameterInput) types.ParameterTier {
	switch {
	case in.Tier == types.ParameterTierAdvanced,
		last != nil && last.tier == types.ParameterTierAdvanced,
		len(*in.Value) > maxStandard:
		return types.ParameterTierAdvanced
	}
	return types.ParameterTierStandard
}

// checkRoom refuses a version that would push out one that has a label.
func (p *parameter) checkRoom() error {
	oldest := p.revisions[0]
	if len(p.revisions) < maxRevisions || len(oldest.labels) == 0 {
		return nil
	}
	return &types.ParameterMaxVersionLimitExceeded{
		Message: formatted(msgMaxVersions, []any{p.name, oldest.number}),
	}
}

func (p *Parameters) create(name string) *parameter {
	added := &parameter{name: name, arn: p.arnOf(name), tags: tagSet{}}
	p.byName[name] = added
	return added
}

// revise adds a version. What the request leaves out stays as it was.
func (p *parameter) revise(in *ssm.PutParameterInput) *revision {
	last := &revision{dataType: "text"}
	if len(p.revisions) > 0 {
		last = p.latest()
	}
	kind := cmp.Or(in.Type, last.kind)
	r := &revision{
		number:      last.number + 1,
		kind:        kind,
		value:       textValue(*in.Value),
		cipher:      ciphertext(),
		tier:        tierOf(last, in),
		dataType:    cmp.Or(aws.ToString(in.DataType), last.dataType),
		keyID:       keyOf(kind, cmp.Or(in.KeyId, last.keyID)),
		description: clone(cmp.Or(in.Description, last.description)),
		pattern:     clone(in.AllowedPattern),
		modified:    time.Now().UTC(),
	}
	p.revisions = append(p.revisions, r)
	p.revisions = p.revisions[max(0, len(p.revisions)-maxRevisions):]
	return r
}
