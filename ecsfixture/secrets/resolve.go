package secrets

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// Ref is a secret of a container definition: an environment variable or a
// log driver's option, and where its value is.
type Ref struct {
	Name      string // of the variable or the option
	ValueFrom string
}

// Resolve returns the value that a secrets[].valueFrom stands for, which is
// one of
//
//   - the ARN of a secret, arn:aws:secretsmanager:R:A:secret:name-AbCdEf, with
//     or without the hyphen and six characters that Secrets Manager added;
//   - such an ARN and :json-key:version-stage:version-id, of which any may be
//     empty but whose three colons must be there;
//   - the ARN of an SSM parameter, arn:aws:ssm:R:A:parameter/name;
//   - the name of an SSM parameter.
//
// As on ECS, what is no ARN is the name of a parameter, never of a secret. An
// error is a [*ResolveError], or that of ctx.
func (s *Store) Resolve(ctx context.Context, valueFrom string) (string, error) {
	values, err := s.ResolveAll(ctx, []Ref{{ValueFrom: valueFrom}})
	if err != nil {
		return "", err
	}
	return values[0], nil
}

// ResolveAll resolves refs as [Store.Resolve] does and returns their values
// in the same order. An ARN that can't be read is the first error, then comes
// the first secret that can't be had, then all such SSM parameters together.
func (s *Store) ResolveAll(ctx context.Context, refs []Ref) ([]string, error) {
	parsed, err := s.parseAll(refs)
	if err != nil {
		return nil, err
	}
	values := make([]string, len(refs))
	for i, r := range parsed {
		if r.secret == "" {
			continue
		}
		if values[i], err = s.secretOf(ctx, refs[i], r); err != nil {
			return nil, err
		}
	}
	if err := s.addParameters(ctx, refs, parsed, values); err != nil {
		return nil, err
	}
	return values, nil
}

func (s *Store) parseAll(refs []Ref) ([]reference, error) {
	parsed := make([]reference, len(refs))
	for i, ref := range refs {
		r, problem := parse(ref.ValueFrom)
		if problem != "" {
			return nil, s.badARN(ref, problem)
		}
		parsed[i] = r
	}
	return parsed, nil
}

// secretOf fetches a secret, or the field of it that the reference names.
func (s *Store) secretOf(ctx context.Context, ref Ref, r reference) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	out, err := s.Manager.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{
		SecretId:     aws.String(r.secret),
		VersionId:    nonEmpty(r.version),
		VersionStage: nonEmpty(r.stage),
	})
	switch {
	case err != nil:
		return "", s.notFetched(ref, r.secret, err)
	case out.SecretString == nil:
		return "", s.unusable(ref, r, msgBinary)
	case r.key == "":
		return *out.SecretString, nil
	}
	value, problem := field(*out.SecretString, r.key)
	if problem != "" {
		return "", s.unusable(ref, r, fmt.Sprintf(problem, r.key))
	}
	return value, nil
}

func nonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// field returns a field of a JSON object as text: a string as it is, a number
// as it is written, anything else as fmt prints it. A problem is a template
// for the key. The error of the JSON package is left out, it quotes a
// character of the value.
func field(document, key string) (text, problem string) {
	object, ok := decodeObject(document)
	if !ok {
		return "", msgNotJSON
	}
	value, ok := object[key]
	if !ok {
		return "", msgNoKey
	}
	return fmt.Sprintf("%v", value), ""
}

func decodeObject(document string) (map[string]any, bool) {
	dec := json.NewDecoder(strings.NewReader(document))
	dec.UseNumber()
	var object map[string]any
	if dec.Decode(&object) != nil || object == nil {
		return nil, false
	}
	_, err := dec.Token()
	return object, err == io.EOF
}

// addParameters fetches the parameters and puts them in their places among
// values.
func (s *Store) addParameters(ctx context.Context, refs []Ref, parsed []reference, values []string) error {
	fetched, invalid, err := s.fetchParameters(ctx, parametersOf(parsed))
	if err != nil {
		return err
	}
	for i, r := range parsed {
		switch {
		case r.secret != "":
		case slices.Contains(invalid, r.parameter):
			return s.badParameters(refs[i], invalid)
		default:
			values[i] = fetched[r.parameter]
		}
	}
	return nil
}

// parametersOf returns the names of the parameters, each once.
func parametersOf(parsed []reference) []string {
	var names []string
	for _, r := range parsed {
		if r.secret == "" && !slices.Contains(names, r.parameter) {
			names = append(names, r.parameter)
		}
	}
	return names
}

// fetchParameters gets parameters, ten at a time as ECS does, and says which
// of them can't be had.
func (s *Store) fetchParameters(ctx context.Context, names []string) (fetched map[string]string, invalid []string, err error) {
	fetched = map[string]string{}
	for chunk := range slices.Chunk(names, maxNames) {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		bad, err := s.fetchChunk(ctx, chunk, fetched)
		if err != nil {
			return nil, nil, err
		}
		invalid = append(invalid, bad...)
	}
	return fetched, invalid, nil
}

// fetchChunk is one GetParameters. A name that this refuses, as it does an
// empty or a huge one, is as bad as one that it doesn't know.
func (s *Store) fetchChunk(ctx context.Context, names []string, into map[string]string) (invalid []string, err error) {
	good := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return size("", len(n), 1, 2048) != nil })
	invalid = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(good, n) })
	if len(good) == 0 {
		return invalid, nil
	}
	out, err := s.Parameters.GetParameters(ctx, &ssm.GetParametersInput{Names: good, WithDecryption: aws.Bool(true)})
	if err != nil {
		return nil, err
	}
	found := out.Parameters
	for _, name := range good {
		if slices.Contains(out.InvalidParameters, name) {
			invalid = append(invalid, name)
			continue
		}
		into[name], found = *found[0].Value, found[1:] // they come in the order of the names
	}
	return invalid, nil
}
