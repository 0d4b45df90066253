package secrets

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/page"
)

// parameter is a parameter and its versions.
type parameter struct {
	name, arn string
	tags      tagSet
	revisions []*revision // oldest first, never empty
}

// revision is a version of a parameter.
type revision struct {
	number      int64
	kind        types.ParameterType
	value       value
	cipher      string // what a SecureString shows without decryption
	tier        types.ParameterTier
	dataType    string
	keyID       *string
	description *string
	pattern     *string
	modified    time.Time
	labels      []string
}

// The orders of lists.
var (
	byParameterName = page.Order[*parameter]{Key: func(p *parameter) string { return p.name }}
	byNumber        = page.Order[*revision]{Key: func(r *revision) string { return fmt.Sprintf("%09d", r.number) }}
)

func (p *parameter) latest() *revision { return p.revisions[len(p.revisions)-1] }

// at returns the version that a selector names, the latest for an empty one,
// nil if there is none.
func (p *parameter) at(selector string) *revision {
	if selector == "" {
		return p.latest()
	}
	i := slices.IndexFunc(p.revisions, func(r *revision) bool {
		return strconv.FormatInt(r.number, 10) == selector || slices.Contains(r.labels, selector)
	})
	if i < 0 {
		return nil
	}
	return p.revisions[i]
}

// shown is the value in the clear, or what AWS gives of a SecureString to
// those who don't ask for that.
func (r *revision) shown(decrypt *bool) *string {
	if r.kind == types.ParameterTypeSecureString && !aws.ToBool(decrypt) {
		return aws.String(r.cipher)
	}
	clear, _ := r.value.open()
	return clear
}

// cipherHead is how the ciphertext of KMS begins: AQICAH in base64.
var cipherHead = []byte{0x01, 0x02, 0x02, 0x00, 0x78}

// ciphertext is random: nothing of the clear text is in it, not even its
// length.
func ciphertext() string {
	b := make([]byte, 160)
	_, _ = rand.Read(b) // never fails
	return base64.StdEncoding.EncodeToString(append(slices.Clone(cipherHead), b...))
}

func (p *parameter) reveal(r *revision, selector string, decrypt *bool) types.Parameter {
	out := types.Parameter{
		ARN:              aws.String(p.arn),
		DataType:         aws.String(r.dataType),
		LastModifiedDate: aws.Time(r.modified),
		Name:             aws.String(p.name),
		Type:             r.kind,
		Value:            r.shown(decrypt),
		Version:          r.number,
	}
	if selector != "" {
		out.Selector = aws.String(":" + selector)
	}
	return out
}

// GetParameter mirrors the operation of that name. Name is a name or an ARN,
// with a selector or without: name:3, name:label.
func (p *Parameters) GetParameter(_ context.Context, in *ssm.GetParameterInput) (*ssm.GetParameterOutput, error) {
	if err := required("name", in.Name, 1, 2048); err != nil {
		return nil, err
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	found, selector := p.find(*in.Name)
	if found == nil {
		return nil, &types.ParameterNotFound{}
	}
	r := found.at(selector)
	if r == nil {
		return nil, versionNotFound(selector, found.name)
	}
	out := found.reveal(r, selector, in.WithDecryption)
	return &ssm.GetParameterOutput{Parameter: &out}, nil
}

func versionNotFound(selector, name string) error {
	return &types.ParameterVersionNotFound{Message: formatted(msgParameterVersion, []any{selector, name})}
}

// GetParameters mirrors the operation of that name. Names that it doesn't
// know are no error, they come back as InvalidParameters.
func (p *Parameters) GetParameters(_ context.Context, in *ssm.GetParametersInput) (*ssm.GetParametersOutput, error) {
	if err := checkNames(in.Names); err != nil {
		return nil, err
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	out := &ssm.GetParametersOutput{InvalidParameters: []string{}, Parameters: []types.Parameter{}}
	for _, name := range in.Names {
		found, selector := p.find(name)
		if found == nil || found.at(selector) == nil {
			out.InvalidParameters = append(out.InvalidParameters, name)
			continue
		}
		out.Parameters = append(out.Parameters, found.reveal(found.at(selector), selector, in.WithDecryption))
	}
	return out, nil
}

const maxNames = 10 // of a request

func checkNames(names []string) error {
	if names == nil {
		return validation(msgConstraintNull, "names")
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return validation(msgDuplicateNames, name)
		}
		if err := size("names", len(name), 1, 2048); err != nil {
			return err
		}
	}
	return size("names", len(names), 1, maxNames)
}

// GetParametersByPath mirrors the operation of that name. Parameters come in
// the order of their names.
func (p *Parameters) GetParametersByPath(_ context.Context, in *ssm.GetParametersByPathInput) (*ssm.GetParametersByPathOutput, error) {
	if err := checkByPath(in); err != nil {
		return nil, err
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	list := p.beneath(*in.Path, aws.ToBool(in.Recursive), in.ParameterFilters)
	rows, next, ok := byParameterName.Cut(list, in.NextToken, limitOf(in.MaxResults, 10))
	if !ok {
		return nil, badParameterToken()
	}
	out := &ssm.GetParametersByPathOutput{NextToken: next, Parameters: []types.Parameter{}}
	for _, found := range rows {
		label := found.labelIn(in.ParameterFilters)
		out.Parameters = append(out.Parameters, found.reveal(found.at(label), label, in.WithDecryption))
	}
	return out, nil
}

func checkByPath(in *ssm.GetParametersByPathInput) error {
	if err := required("path", in.Path, 1, 2048); err != nil {
		return err
	}
	if !strings.HasPrefix(*in.Path, "/") {
		return validation(msgPath)
	}
	return first(
		between("maxResults", in.MaxResults, 1, 10),
		checkParameterFilters(in.ParameterFilters, "Type", "KeyId", "Label"),
	)
}

func badParameterToken() error {
	return &types.InvalidNextToken{Message: aws.String(msgNextToken)}
}

// beneath returns the parameters under a path, by name. The caller holds mu.
func (p *Parameters) beneath(path string, recursive bool, filters []types.ParameterStringFilter) []*parameter {
	var list []*parameter
	for _, name := range sorted(p.byName) {
		found := p.byName[name]
		if under(path, name, recursive) && found.passes(filters) {
			list = append(list, found)
		}
	}
	return list
}

// under reports whether a parameter is below a path: right below it, unless
// recursive. A name without a slash is below /.
func under(path, name string, recursive bool) bool {
	rest, ok := strings.CutPrefix("/"+strings.TrimPrefix(name, "/"), strings.TrimSuffix(path, "/")+"/")
	return ok && (recursive || !strings.Contains(rest, "/"))
}

// DeleteParameter mirrors the operation of that name.
func (p *Parameters) DeleteParameter(_ context.Context, in *ssm.DeleteParameterInput) (*ssm.DeleteParameterOutput, error) {
	if err := required("name", in.Name, 1, 2048); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.remove(*in.Name) {
		return nil, &types.ParameterNotFound{}
	}
	return &ssm.DeleteParameterOutput{}, nil
}

// remove reports whether there was a parameter to delete.
func (p *Parameters) remove(name string) bool {
	found, selector := p.find(name)
	if found == nil || selector != "" {
		return false
	}
	delete(p.byName, found.name)
	return true
}

// DeleteParameters mirrors the operation of that name.
func (p *Parameters) DeleteParameters(_ context.Context, in *ssm.DeleteParametersInput) (*ssm.DeleteParametersOutput, error) {
	if err := checkNames(in.Names); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	out := &ssm.DeleteParametersOutput{DeletedParameters: []string{}, InvalidParameters: []string{}}
	for _, name := range in.Names {
		list := &out.InvalidParameters
		if p.remove(name) {
			list = &out.DeletedParameters
		}
		*list = append(*list, name)
	}
	return out, nil
}

// GetParameterHistory mirrors the operation of that name, oldest version
// first.
func (p *Parameters) GetParameterHistory(_ context.Context, in *ssm.GetParameterHistoryInput) (*ssm.GetParameterHistoryOutput, error) {
	err := first(required("name", in.Name, 1, 2048), between("maxResults", in.MaxResults, 1, 50))
	if err != nil {
		return nil, err
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	found, _ := p.find(*in.Name)
	if found == nil {
		return nil, &types.ParameterNotFound{}
	}
	rows, next, ok := byNumber.Cut(found.revisions, in.NextToken, limitOf(in.MaxResults, 50))
	if !ok {
		return nil, badParameterToken()
	}
	out := &ssm.GetParameterHistoryOutput{NextToken: next}
	for _, r := range rows {
		out.Parameters = append(out.Parameters, p.past(found, r, in.WithDecryption))
	}
	return out, nil
}

func (p *Parameters) past(of *parameter, r *revision, decrypt *bool) types.ParameterHistory {
	return types.ParameterHistory{
		AllowedPattern:   clone(r.pattern),
		DataType:         aws.String(r.dataType),
		Description:      clone(r.description),
		KeyId:            clone(r.keyID),
		Labels:           append([]string{}, r.labels...),
		LastModifiedDate: aws.Time(r.modified),
		LastModifiedUser: aws.String(p.user),
		Name:             aws.String(of.name),
		Policies:         []types.ParameterInlinePolicy{},
		Tier:             r.tier,
		Type:             r.kind,
		Value:            r.shown(decrypt),
		Version:          r.number,
	}
}

// DescribeParameters mirrors the operation of that name, for the latest
// version of each parameter, in the order of their names.
func (p *Parameters) DescribeParameters(_ context.Context, in *ssm.DescribeParametersInput) (*ssm.DescribeParametersOutput, error) {
	filters, err := describeFilters(in)
	if err != nil {
		return nil, err
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	var list []*parameter
	if !aws.ToBool(in.Shared) { // no other account shares any
		list = p.beneath("/", true, filters)
	}
	rows, next, ok := byParameterName.Cut(list, in.NextToken, limitOf(in.MaxResults, 50))
	if !ok {
		return nil, badParameterToken()
	}
	out := &ssm.DescribeParametersOutput{NextToken: next, Parameters: []types.ParameterMetadata{}}
	for _, found := range rows {
		out.Parameters = append(out.Parameters, p.metadata(found, found.latest()))
	}
	return out, nil
}

func (p *Parameters) metadata(of *parameter, r *revision) types.ParameterMetadata {
	return types.ParameterMetadata{
		ARN:              aws.String(of.arn),
		AllowedPattern:   clone(r.pattern),
		DataType:         aws.String(r.dataType),
		Description:      clone(r.description),
		KeyId:            clone(r.keyID),
		LastModifiedDate: aws.Time(r.modified),
		LastModifiedUser: aws.String(p.user),
		Name:             aws.String(of.name),
		Policies:         []types.ParameterInlinePolicy{},
		Tier:             r.tier,
		Type:             r.kind,
		Version:          r.number,
	}
}

// keyOf returns the KMS key of a SecureString, nil for other types.
func keyOf(kind types.ParameterType, given *string) *string {
	if kind != types.ParameterTypeSecureString {
		return nil
	}
	return aws.String(cmp.Or(aws.ToString(given), "alias/aws/ssm"))
}
