package simulated

import (
	"slices"
	"strings"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Matcher picks containers. Its zero value picks all.
type Matcher struct{ image, container, command string }

// Any picks every container; it gives way to all other matchers.
func Any() Matcher { return Matcher{} }

// Image picks containers by image reference. A name without tag and digest
// stands for all of its tags; an asterisk stands for any characters, as in
// "*/web:*".
func Image(ref string) Matcher { return Matcher{image: ref} }

// Container picks containers by their name in the task definition.
func Container(name string) Matcher { return Matcher{container: name} }

// Command picks containers by what they run: the words of the entry point
// and the command, or of the command alone, with one space between them.
func Command(line string) Matcher { return Matcher{command: line} }

// All picks the containers that every one of ms picks. It takes one matcher
// of each sort; of two of a sort the later counts.
func All(ms ...Matcher) Matcher {
	var all Matcher
	for _, m := range ms {
		all.image = or(m.image, all.image)
		all.container = or(m.container, all.container)
		all.command = or(m.command, all.command)
	}
	return all
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// byImage tells whether m looks at nothing but the image, which is all that
// a pull knows.
func (m Matcher) byImage() bool { return m.container == "" && m.command == "" }

// mismatch is the weight of a matcher that doesn't pick a container.
const mismatch = -1

// weigh tells how specifically m picks the container, or mismatch. A further
// condition outweighs every difference between single conditions.
func (m Matcher) weigh(spec *runtime.ContainerSpec) int {
	image := weighImage(m.image, spec.Image)
	container := weighIf(m.container, m.container == spec.Name, 4)
	command := weighIf(m.command, runs(spec, m.command), 5)
	if min(image, container, command) == mismatch {
		return mismatch
	}
	return image + container + command
}

// condition is what each condition weighs, besides its own rank.
const condition = 100

func weighIf(text string, ok bool, rank int) int {
	switch {
	case text == "":
		return 0
	case !ok:
		return mismatch
	}
	return condition + rank
}

func weighImage(pattern, ref string) int {
	switch {
	case pattern == "":
		return 0
	case pattern == ref:
		return condition + 3
	case pattern == repository(ref):
		return condition + 2
	case strings.Contains(pattern, "*") && glob(pattern, ref):
		return condition + 1
	}
	return mismatch
}

func runs(spec *runtime.ContainerSpec, line string) bool {
	return line == strings.Join(spec.Command, " ") || line == strings.Join(arguments(spec), " ")
}

// arguments is the whole argument vector that the specification tells; what
// an image would add isn't known here.
func arguments(spec *runtime.ContainerSpec) []string {
	return slices.Concat(spec.EntryPoint, spec.Command)
}

// repository is ref without digest and tag.
func repository(ref string) string {
	ref, _, _ = strings.Cut(ref, "@")
	if i := strings.LastIndexByte(ref, ':'); i > strings.LastIndexByte(ref, '/') {
		ref = ref[:i]
	}
	return ref
}

// glob tells whether s matches pattern, whose asterisks stand for any
// characters.
func glob(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	s, ok := strings.CutPrefix(s, parts[0])
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		_, rest, found := strings.Cut(s, part)
		s, ok = rest, ok && found
	}
	return ok && strings.HasSuffix(s, parts[last])
}
