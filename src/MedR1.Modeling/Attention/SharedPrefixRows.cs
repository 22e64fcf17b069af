using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The way from a flat batch in which the beginning of all prompts stands once (<see cref="GroupLengths.Prefix"/>) to one with
/// whole prompts, and back.
/// </summary>
internal sealed class SharedPrefixRows
{
    private readonly int _prefix;
    private readonly Tensor _sources;
    private readonly Tensor _firsts;
    private readonly Tensor _prefixes;

    /// <summary>Makes a way there and back; its tensors belong to the current dispose scope.</summary>
    /// <param name="lengths">Tokens of prompts and completions.</param>
    /// <param name="device">Where the rows are.</param>
    public SharedPrefixRows(GroupLengths lengths, Device device)
    {
        _prefix = lengths.Prefix;

        // The flat row of each whole token; the first whole token of each flat row; the whole tokens of all prefixes.
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

    /// <summary><c>[flat rows, …]</c> to <c>[whole rows, …]</c>.</summary>
    public Tensor Whole(Tensor flat) => IsRecorded(flat)
        ? RowRepetitionFunction.apply(flat, _sources, _firsts, _prefixes, _prefix)
        : flat.index_select(0, _sources);

    /// <summary><c>[whole rows, …]</c> to <c>[flat rows, …]</c>: what is the same in all prompts is taken from the first.</summary>
    public Tensor Flat(Tensor whole) => IsRecorded(whole)
        ? RowSelectionFunction.apply(whole, _firsts)
        : whole.index_select(0, _firsts);

    /// <summary>The flat rows of whole ones.</summary>
    public Tensor PlacesOf(Tensor whole) => _sources.index_select(0, whole);

    private static bool IsRecorded(Tensor tensor) => is_grad_enabled() && tensor.requires_grad;
}
