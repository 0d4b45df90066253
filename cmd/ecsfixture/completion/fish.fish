function __ecsfixture_complete
	set -l words (commandline -opc) (commandline -ct)
	$words[1] complete -- $words[2..-1]
end
complete -c ecsfixture -a '(__ecsfixture_complete)'
