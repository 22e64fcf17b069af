using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Runs decode steps by tensor operators, as on a GPU. The steps of each shape are recorded once if the device supports it, so that
/// the host spends microseconds on a step instead of milliseconds. Programs of recent shapes are kept.
/// </summary>
public sealed class DecodePrograms : IDisposable
{
    // A rollout uses one program at a time, and moves on to others as its rows grow or finish.
    private const int MostKept = 4;

    private readonly SlotKeyValueCache _cache;
    private readonly List<Entry> _kept = [];

    internal DecodePrograms(SlotKeyValueCache cache) => _cache = cache;

    /// <summary>Runs a step.</summary>
    /// <param name="rows">The rows, each with room for a token; fastest if the rows of a prompt are adjacent.</param>
    /// <param name="tokens"><c>[rows]</c> int64: the token of each row.</param>
    /// <param name="adapters">The adapters of the network; a step recorded with one adapter is used only with that adapter.</param>
    /// <param name="pass">The network; must be the same in every call.</param>
    /// <returns><c>[rows, vocabulary]</c>; the caller disposes it.</returns>
    public Tensor Run(IReadOnlyList<DecodeRow> rows, Tensor tokens, AdapterHost adapters, DecoderPass pass)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(adapters);
        ArgumentNullException.ThrowIfNull(pass);
        _cache.Check(rows);
        DecodePlan plan = new(rows, _cache, int.MaxValue);
        DecodeShape shape = DecodeShape.Of(plan, _cache);
        return Take(shape, adapters.State.Adapter, pass).Run(new DecodeLayout(plan, shape, _cache), tokens);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kept.ForEach(entry => entry.Program.Dispose());
        _kept.Clear();
    }

    private DecodeProgram Take(DecodeShape shape, LoraAdapter? adapter, DecoderPass pass)
    {
        long version = adapter?.Version ?? 0;
        int place = _kept.FindIndex(entry =>
            entry.Shape == shape && ReferenceEquals(entry.Adapter, adapter) && entry.Version == version);
        Entry taken = place >= 0
            ? _kept[place] : new Entry(shape, adapter, version, new DecodeProgram(_cache, shape, pass));
        if (place >= 0)
        {
            _kept.RemoveAt(place);
        }
        else if (_kept.Count == MostKept)
        {
            _kept[0].Program.Dispose();
            _kept.RemoveAt(0);
        }

        _kept.Add(taken);
        return taken.Program;
    }

    private sealed record Entry(DecodeShape Shape, LoraAdapter? Adapter, long Version, DecodeProgram Program);
}
