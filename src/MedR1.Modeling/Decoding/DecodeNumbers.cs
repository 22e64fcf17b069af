namespace MedR1.Modeling;

/// <summary>The layout of a step's numbers, which are copied to the device in one transfer.</summary>
internal readonly ref struct DecodeNumbers
{
    private readonly Span<long> _all;
    private readonly DecodeShape _shape;

    public DecodeNumbers(Span<long> all, DecodeShape shape)
    {
        _all = all;
        _shape = shape;
    }

    /// <summary>The row that each place computes.</summary>
    public Span<long> Rows => OfPlaces(0);

    /// <summary>The row slot of each place.</summary>
    public Span<long> RowSlots => OfPlaces(1);

    /// <summary>The number of completion tokens in the cache so far, for each place.</summary>
    public Span<long> OwnLengths => OfPlaces(2);

    /// <summary>The position of the step's token, for each place.</summary>
    public Span<long> Positions => OfPlaces(3);

    /// <summary>The place of each row; there are at most as many rows as places.</summary>
    public Span<long> PlacesOfRows => OfPlaces(4);

    /// <summary>The slot of each prompt.</summary>
    public Span<long> PromptSlots => OfGroups(0);

    /// <summary>The number of tokens of each prompt.</summary>
    public Span<long> PromptLengths => OfGroups(1);

    /// <summary>Returns the total count of numbers.</summary>
    public static int CountOf(DecodeShape shape) => 5 * shape.Places + 2 * shape.Groups;

    private Span<long> OfPlaces(int list) => _all.Slice(list * _shape.Places, _shape.Places);

    private Span<long> OfGroups(int list) => _all.Slice(5 * _shape.Places + list * _shape.Groups, _shape.Groups);
}
