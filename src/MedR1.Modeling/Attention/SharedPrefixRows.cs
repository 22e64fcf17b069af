using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Maps a flat batch that stores the common prefix of all prompts once (<see cref="GroupLengths.Prefix"/>) to one with full
/// prompts, and back.
/// </summary>
internal sealed class SharedPrefixRows
{
    private readonly int _prefix;
    private readonly Tensor _sources;
    private readonly Tensor _firsts;
    private readonly Tensor _prefixes;

    /// <summary>Creates a mapping; its tensors belong to the current dispose scope.</summary>
    /// <param name="lengths">The token counts of prompts and completions.</param>
    /// <param name="device">The device of the rows.</param>
    public SharedPrefixRows(GroupLengths lengths, Device device)
    {
        _prefix = lengths.Prefix;

        // The flat row of each full row; the first full row of each flat row; the full rows of all prefixes.
        List<long> sources = [], firsts = [], prefixes = [];
        for (int prompt = 0; prompt < lengths.Count; prompt++)
        {
            for (int place = 0; place < lengths.Prompts[prompt]; place++)
            {
                if (place < _prefix)
                {
                    prefixes.Add(sources.Count);
                }

                if (place >= _prefix || prompt == 0)
                {
                    firsts.Add(sources.Count);
                }

                sources.Add(place < _prefix ? place : firsts.Count - 1);
            }
        }

        for (int token = 0; token < lengths.CompletionTokens; token++)
        {
            firsts.Add(sources.Count);
            sources.Add(firsts.Count - 1);
        }

        _sources = sources.ToArray().ToDevice(device);
        _firsts = firsts.ToArray().ToDevice(device);
        _prefixes = prefixes.ToArray().ToDevice(device);
    }

    /// <summary>Maps <c>[flat rows, …]</c> to <c>[full rows, …]</c>.</summary>
    public Tensor Whole(Tensor flat) => is_grad_enabled() && flat.requires_grad
        ? RowRepetitionFunction.apply(flat, _sources, _firsts, _prefixes, _prefix)
        : flat.index_select(0, _sources);

    /// <summary>Maps <c>[full rows, …]</c> to <c>[flat rows, …]</c>, taking the prefix from the first prompt.</summary>
    public Tensor Flat(Tensor whole) => RowSelectionFunction.Select(whole, _firsts);

    /// <summary>Returns the flat rows of full rows.</summary>
    public Tensor PlacesOf(Tensor whole) => _sources.index_select(0, whole);
}
