using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A KV cache in preallocated memory: for each layer, <c>[prompt slots, heads, prompt, d]</c> for prompts and
/// <c>[row slots, heads, completion, d]</c> for completions. Keys are stored after rotation.
/// </summary>
public sealed class SlotKeyValueCache : IKeyValueCache
{
    private readonly Tensor[] _promptKeys;
    private readonly Tensor[] _promptValues;
    private readonly Tensor[] _rowKeys;
    private readonly Tensor[] _rowValues;
    private readonly int[] _promptLengths;
    private readonly int[] _nextPositions;
    private DecodePrograms? _programs;

    /// <summary>Allocates a cache.</summary>
    /// <param name="layers">The number of decoder layers.</param>
    /// <param name="keyValueHeads">The number of key-value heads.</param>
    /// <param name="headSize">The width of a head.</param>
    /// <param name="promptSlots">The number of prompts that the cache can hold at once.</param>
    /// <param name="rowSlots">The number of completions that the cache can hold at once.</param>
    /// <param name="promptCapacity">The maximum number of tokens of a prompt.</param>
    /// <param name="completionCapacity">The maximum number of tokens of a completion.</param>
    /// <param name="device">The device.</param>
    /// <param name="dataType">The data type.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public SlotKeyValueCache(
        int layers, int keyValueHeads, int headSize, int promptSlots, int rowSlots, int promptCapacity,
        int completionCapacity, Device device, ScalarType dataType)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(keyValueHeads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(headSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(promptSlots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowSlots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(promptCapacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(completionCapacity, 1);
        PromptSlots = promptSlots;
        RowSlots = rowSlots;
        PromptCapacity = promptCapacity;
        CompletionCapacity = completionCapacity;
        KeyValueHeads = keyValueHeads;
        HeadSize = headSize;
        Device = device;
        DataType = dataType;
        _promptLengths = new int[promptSlots];
        _nextPositions = new int[promptSlots];
        bool isMasked = !DecodeAttention.Fits(this);
        (_promptKeys, _promptValues) = (new Tensor[layers], new Tensor[layers]);
        (_rowKeys, _rowValues) = (new Tensor[layers], new Tensor[layers]);
        try
        {
            Allocate(_promptKeys, promptSlots, keyValueHeads, promptCapacity, headSize);
            Allocate(_promptValues, promptSlots, keyValueHeads, promptCapacity, headSize);
            Allocate(_rowKeys, rowSlots, keyValueHeads, completionCapacity, headSize);
            Allocate(_rowValues, rowSlots, keyValueHeads, completionCapacity, headSize);
        }
        catch
        {
            // Otherwise the memory would be missing until a garbage collection, for instance for a smaller cache.
            Dispose();
            throw;
        }

        ByteSize = All.Sum(part => part.numel() * part.element_size());

        void Allocate(Tensor[] parts, params long[] shape)
        {
            for (int layer = 0; layer < layers; layer++)
            {
                parts[layer] = Part(shape, isMasked);
            }
        }
    }

    /// <inheritdoc/>
    public int PromptSlots { get; }

    /// <inheritdoc/>
    public int RowSlots { get; }

    /// <inheritdoc/>
    public int PromptCapacity { get; }

    /// <inheritdoc/>
    public int CompletionCapacity { get; }

    /// <inheritdoc/>
    public long ByteSize { get; }

    /// <summary>The number of decoder layers.</summary>
    public int Layers => _promptKeys.Length;

    /// <summary>The number of key-value heads.</summary>
    public int KeyValueHeads { get; }

    /// <summary>The width of a head.</summary>
    public int HeadSize { get; }

    /// <summary>The device of the cache.</summary>
    public Device Device { get; }

    /// <summary>The data type of keys and values.</summary>
    public ScalarType DataType { get; }

    /// <summary>The number of tokens of the prompt in each slot; 0 for an empty slot.</summary>
    public IReadOnlyList<int> PromptLengths => _promptLengths;

    /// <summary>The position of the first token after the prompt in each slot.</summary>
    public IReadOnlyList<int> NextPositions => _nextPositions;

    /// <summary>Whether decode attention uses tensor operators even if there is a CPU kernel.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool AttendsByTensors
    {
        get;
        init
        {
            field = value;
            foreach (Tensor part in value ? All : [])
            {
                part.zero_();
            }
        }
    }

    /// <summary>
    /// The decode programs of a cache that uses tensor operators; <see langword="null"/> if a CPU kernel is used instead
    /// (<see cref="DecodePattern"/>).
    /// </summary>
    public DecodePrograms? Programs => AttendsByTensors || !DecodeAttention.Fits(this)
        ? _programs ??= new DecodePrograms(this) : null;

    /// <summary>Whether the cache was disposed.</summary>
    internal bool IsDisposed => _promptKeys[0].IsInvalid;

    /// <summary>The temporary memory of recorded steps on this cache.</summary>
    internal StepMemory StepMemory { get; } = new();

    private IEnumerable<Tensor> All => _promptKeys.Concat(_promptValues).Concat(_rowKeys).Concat(_rowValues);

    /// <summary>Prepares slots for new prompts.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="lengths">The number of tokens of each prompt.</param>
    /// <param name="nextPositions">The position of the first token after each prompt.</param>
    /// <exception cref="ArgumentException">A slot does not exist or occurs twice, or the lists differ in length.</exception>
    /// <exception cref="InvalidPromptException">A prompt is empty or longer than <see cref="PromptCapacity"/>.</exception>
    public void Begin(IReadOnlyList<int> slots, IReadOnlyList<int> lengths, IReadOnlyList<int> nextPositions)
    {
        ArgumentNullException.ThrowIfNull(slots);
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(nextPositions);
        if (slots.Count != lengths.Count || slots.Count != nextPositions.Count)
        {
            throw new ArgumentException(
                $"There are {lengths.Count} prompts, but {slots.Count} slots and {nextPositions.Count} positions; give one of each per prompt.",
                nameof(slots));
        }

        this.RequireSlots(slots);
        this.RequireLengths(lengths);
        for (int prompt = 0; prompt < slots.Count; prompt++)
        {
            _promptLengths[slots[prompt]] = lengths[prompt];
            _nextPositions[slots[prompt]] = nextPositions[prompt];
        }
    }

    /// <summary>Empties prompt slots, for instance if prefill has failed.</summary>
    /// <param name="slots">The slots.</param>
    public void Forget(IReadOnlyList<int> slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        foreach (int slot in slots)
        {
            _promptLengths[slot] = 0;
        }
    }

    /// <summary>Stores the keys and values of prompts for a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="slots">The slot of each prompt.</param>
    /// <param name="keys"><c>[prompts · length, key-value heads, d]</c></param>
    /// <param name="values"><c>[prompts · length, key-value heads, d]</c></param>
    /// <param name="length">The number of tokens of each prompt, including padding.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// There is no such layer, or the length is below 1 or exceeds <see cref="PromptCapacity"/>.
    /// </exception>
    /// <exception cref="ArgumentException">A slot does not exist, or the shape of keys or values differs.</exception>
    public void WritePrompts(int layer, IReadOnlyList<int> slots, Tensor keys, Tensor values, int length)
    {
        ArgumentNullException.ThrowIfNull(slots);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        this.RequireLayer(layer);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, PromptCapacity);
        this.RequireSlots(slots);
        this.RequireVectors(keys, (long)slots.Count * length, nameof(keys));
        this.RequireVectors(values, (long)slots.Count * length, nameof(values));
        Write(_promptKeys[layer], keys);
        Write(_promptValues[layer], values);

        void Write(Tensor target, Tensor source)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor vectors = source.view(slots.Count, length, KeyValueHeads, HeadSize).transpose(1, 2);
            for (int prompt = 0; prompt < slots.Count; prompt++)
            {
                target.select(0, slots[prompt]).narrow(1, 0, length).copy_(vectors.select(0, prompt));
            }
        }
    }

    /// <summary>Checks that rows can be decoded.</summary>
    /// <param name="rows">The rows of a step.</param>
    /// <exception cref="ArgumentException">A slot does not exist, or a row slot occurs twice.</exception>
    /// <exception cref="InvalidOperationException">A prompt slot is empty, or a row is full.</exception>
    public void Check(IReadOnlyList<DecodeRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        this.RequireAlive();
        HashSet<int> used = [];
        foreach (DecodeRow row in rows)
        {
            if (row.PromptSlot < 0 || row.PromptSlot >= PromptSlots || row.RowSlot < 0 || row.RowSlot >= RowSlots
                || row.Length < 0 || !used.Add(row.RowSlot))
            {
                throw new ArgumentException(
                    $"{row} is not a row of a cache with {PromptSlots} prompt slots and {RowSlots} row slots, or its row slot occurs twice.",
                    nameof(rows));
            }

            if (_promptLengths[row.PromptSlot] == 0)
            {
                throw new InvalidOperationException($"Slot {row.PromptSlot} of the cache holds no prompt yet; call Prefill first.");
            }

            if (row.Length >= CompletionCapacity)
            {
                throw new InvalidOperationException(
                    $"The cache is full: it was created for completions of {CompletionCapacity} tokens. Create it with a larger capacity.");
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// A slot does not exist, is both read and written, or is written twice, or the length exceeds
    /// <see cref="CompletionCapacity"/>.
    /// </exception>
    public void CopyRows(IReadOnlyList<RowCopy> copies, int length)
    {
        ArgumentNullException.ThrowIfNull(copies);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, CompletionCapacity);
        this.RequireAlive();
        CacheRows.Copy(_rowKeys.Concat(_rowValues), copies, length);
    }

    /// <summary>Returns the keys and values of all prompt slots, <c>[prompt slots, heads, prompt, d]</c>.</summary>
    /// <param name="layer">The layer.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public (Tensor Keys, Tensor Values) Prompts(int layer)
    {
        this.RequireLayer(layer);
        return (_promptKeys[layer], _promptValues[layer]);
    }

    /// <summary>Returns the keys and values of all row slots, <c>[row slots, heads, completion, d]</c>.</summary>
    /// <param name="layer">The layer.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public (Tensor Keys, Tensor Values) Rows(int layer)
    {
        this.RequireLayer(layer);
        return (_rowKeys[layer], _rowValues[layer]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _programs?.Dispose();
        StepMemory.Dispose();
        foreach (Tensor? part in All)
        {
            part?.Dispose();
        }
    }

    // Zeroed for tensor operators, which multiply masked elements by 0: uninitialized memory may contain NaN.
    private Tensor Part(long[] shape, bool isMasked) => (isMasked
        ? zeros(shape, DataType, Device) : empty(shape, DataType, Device)).DetachFromDisposeScope();
}
