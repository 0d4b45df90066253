package secrets

import (
	"context"
	"regexp"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

const maxLabels = 10

var (
	validLabel    = regexp.MustCompile(`^[A-Za-z_.\-][A-Za-z0-9_.\-]*$`) // not a number: that is a version
	reservedLabel = regexp.MustCompile(`(?i)^(aws|ssm)`)
)

// LabelParameterVersion mirrors the operation of that name: a label moves to
// the version from the one that had it.
func (p *Parameters) LabelParameterVersion(_ context.Context, in *ssm.LabelParameterVersionInput) (*ssm.LabelParameterVersionOutput, error) {
	if err := checkLabels(in.Name, in.Labels); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	found, r, err := p.numbered(*in.Name, in.ParameterVersion)
	if err != nil {
		return nil, err
	}
	out := &ssm.LabelParameterVersionOutput{InvalidLabels: []string{}, ParameterVersion: r.number}
	var valid []string
	for _, label := range in.Labels {
		if validLabel.MatchString(label) && !reservedLabel.MatchString(label) {
			valid = append(valid, label)
		} else {
			out.InvalidLabels = append(out.InvalidLabels, label)
		}
	}
	return out, found.label(r, valid)
}

func checkLabels(name *string, labels []string) error {
	if labels == nil {
		return validation(msgConstraintNull, "labels")
	}
	for _, label := range labels {
		if err := size("labels", len(label), 1, 100); err != nil {
			return err
		}
	}
	return first(required("name", name, 1, 2048), size("labels", len(labels), 1, maxLabels))
}

// numbered returns a version of a parameter, the latest without a number. The
// caller holds mu.
func (p *Parameters) numbered(name string, number *int64) (*parameter, *revision, error) {
	found, _ := p.find(name)
	if found == nil {
		return nil, nil, &types.ParameterNotFound{}
	}
	if number == nil {
		return found, found.latest(), nil
	}
	selector := strconv.FormatInt(*number, 10)
	r := found.at(selector)
	if r == nil {
		return nil, nil, versionNotFound(selector, found.name)
	}
	return found, r, nil
}

func (p *parameter) label(r *revision, labels []string) error {
	added := slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return slices.Contains(r.labels, l) })
	if len(r.labels)+len(added) > maxLabels {
		return &types.ParameterVersionLabelLimitExceeded{Message: formatted(msgTooManyLabels, []any{maxLabels})}
	}
	for _, label := range added {
		for _, other := range p.revisions {
			other.unlabel(label)
		}
		r.labels = append(r.labels, label)
	}
	return nil
}

// unlabel reports whether the version had the label.
func (r *revision) unlabel(label string) bool {
	before := len(r.labels)
	r.labels = slices.DeleteFunc(r.labels, func(l string) bool { return l == label })
	return len(r.labels) < before
}

// UnlabelParameterVersion mirrors the operation of that name.
func (p *Parameters) UnlabelParameterVersion(_ context.Context, in *ssm.UnlabelParameterVersionInput) (*ssm.UnlabelParameterVersionOutput, error) {
	if err := checkLabels(in.Name, in.Labels); err != nil {
		return nil, err
	}
	if in.ParameterVersion == nil {
		return nil, validation(msgConstraintNull, "parameterVersion")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, r, err := p.numbered(*in.Name, in.ParameterVersion)
	if err != nil {
		return nil, err
	}
	out := &ssm.UnlabelParameterVersionOutput{InvalidLabels: []string{}, RemovedLabels: []string{}}
	for _, label := range in.Labels {
		list := &out.InvalidLabels
		if r.unlabel(label) {
			list = &out.RemovedLabels
		}
		*list = append(*list, label)
	}
	return out, nil
}
