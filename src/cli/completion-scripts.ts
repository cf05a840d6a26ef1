/** Scripts that ask `ringfence __complete` for candidates. The unfinished word is always passed, also when empty. */
export const COMPLETION_SCRIPTS = {
  bash: `# Put into ~/.bashrc: source <(ringfence completion bash)
_ringfence() {
  local IFS=$'\\n'
  COMPREPLY=($(ringfence __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _ringfence ringfence
`,
  zsh: `#compdef ringfence
# Put into ~/.zshrc: source <(ringfence completion zsh)
_ringfence() {
  local -a found
  found=("\${(@f)$(ringfence __complete -- "\${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)}")
  [[ -n "$found" ]] && compadd -- "\${found[@]}" || _files
}
compdef _ringfence ringfence
`,
  fish: `# Put into ~/.config/fish/completions/ringfence.fish: ringfence completion fish
function __ringfence_complete
  set -l found (ringfence __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
  if set -q found[1]
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c ringfence -f -a '(__ringfence_complete)'
`,
} as const;
