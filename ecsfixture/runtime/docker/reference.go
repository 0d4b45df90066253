package docker

import "regexp"

// ecrImage matches a reference into Amazon ECR and captures what follows the
// registry's host.
var ecrImage = regexp.MustCompile(`^\d{12}\.dkr[.-]ecr[a-z-]*\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)/(.+)$`)

// resolve is the reference that the engine is asked for instead of ref.
func (o options) resolve(ref string) string {
	if alias, ok := o.aliases[ref]; ok {
		return alias
	}
	if m := ecrImage.FindStringSubmatch(ref); m != nil && o.registry != "" {
		return o.registry + "/" + m[1]
	}
	return ref
}
