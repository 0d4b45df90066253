#compdef ecsfixture
_ecsfixture() {
	local -a found
	found=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}")}")
	found=("${(@)found//:/\\:}")
	found=("${(@)found/$'\t'/:}")
	if [[ -n "${found[1]}" ]]; then
		_describe ecsfixture found
	else
		_default
	fi
}
compdef _ecsfixture ecsfixture
