package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
)

// seed is what there is from the beginning. It is read from YAML, of which
// JSON is a part.
type seed struct {
	Secrets    map[string]secret    `yaml:"secrets"`    // by name
	Parameters map[string]parameter `yaml:"parameters"` // by name
	Images     map[string]string    `yaml:"images"`     // what is used in the place of an image
}

// readSeed reads a file; no name is no seed.
func readSeed(name string) (s seed, err error) {
	if name == "" {
		return s, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return s, err
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&s); err != nil && !errors.Is(err, io.EOF) {
		return s, fmt.Errorf("%s: %s", name, plain.Replace(err.Error()))
	}
	return s, nil
}

// plain puts words of a seed in the place of those of the program.
var plain = strings.NewReplacer(
	"not found in type main.seed", "is not known; a seed has secrets, parameters and images",
	"yaml: unmarshal errors:\n  ", "",
)

// plant puts the secrets and the parameters into the fixture's stores.
func (s seed) plant(fx *ecsfixture.Fixture, log *slog.Logger) error {
	var refused []error
	defer func() { fx.Secrets.Refused = nil }()
	put := func(kind, name string, plant func(fx *ecsfixture.Fixture, name string) (arn string)) {
		fx.Secrets.Refused = func(err error) { refused = append(refused, err) }
		if arn := plant(fx, name); arn != "" {
			log.Info(kind, "name", name, "arn", arn)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Secrets)) {
		put("secret", name, s.Secrets[name].plant)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Parameters)) {
		put("parameter", name, s.Parameters[name].plant)
	}
	return errors.Join(refused...)
}

// secret is a text, or a mapping that is stored as JSON; nil where the file has
// neither.
type secret struct{ value any }

// UnmarshalYAML implements [yaml.Unmarshaler].
func (s *secret) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.MappingNode {
		var fields map[string]any
		err := n.Decode(&fields)
		s.value = fields
		return err
	}
	text, err := textOf(n)
	s.value = text
	return err
}

func (s secret) plant(fx *ecsfixture.Fixture, name string) (arn string) {
	if text, ok := s.value.(string); ok || s.value == nil {
		return fx.Secrets.Put(name, text) // which refuses an empty one
	}
	return fx.Secrets.PutJSON(name, s.value)
}

// parameter is a text, or secure: and a text for a SecureString.
type parameter struct {
	text   string
	secure bool
}

// UnmarshalYAML implements [yaml.Unmarshaler].
func (p *parameter) UnmarshalYAML(n *yaml.Node) (err error) {
	if n.Kind == yaml.MappingNode {
		if len(n.Content) != 2 || n.Content[0].Value != "secure" {
			return fmt.Errorf("line %d: a parameter is a text, or {secure: text}", n.Line)
		}
		n, p.secure = n.Content[1], true
	}
	p.text, err = textOf(n)
	return err
}

func (p parameter) plant(fx *ecsfixture.Fixture, name string) (arn string) {
	if p.secure {
		return fx.Secrets.PutSecureParameter(name, p.text)
	}
	return fx.Secrets.PutParameter(name, p.text)
}

// textOf is a scalar as it was written: yes, 007 and 1.50 stay what they are.
func textOf(n *yaml.Node) (string, error) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return "", fmt.Errorf("line %d: a text is missing", n.Line)
	}
	return n.Value, nil
}
