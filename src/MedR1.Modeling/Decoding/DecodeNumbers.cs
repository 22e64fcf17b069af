namespace MedR1.Modeling;

/// <summary>The order of a step's numbers, which go to the device in one piece.</summary>
internal readonly ref struct DecodeNumbers
{
    private readonly Span<long> _all;
    private readonly DecodeShape _shape;

    public DecodeNumbers(Span<long> all, DecodeShape shape)
    {
        _all = all;
        _shape = shape;
    }

    /// <summary>Of each place, the row that it computes.</summary>
    public Span<long> Rows => OfPlaces(0);

    /// <summary>Of each place, the slot of its row.</summary>
    public Span<long> RowSlots => OfPlaces(1);

    /// <summary>Of each place, its row's own tokens in the cache so far.</summary>
    public Span<long> OwnLengths => OfPlaces(2);

    /// <summary>Of each place, the position of the step's token.</summary>
    public Span<long> Positions => OfPlaces(3);

    /// <summary>Of each row, its place; there are no more rows than places.</summary>
    public Span<long> PlacesOfRows => OfPlaces(4);

    /// <summary>Of each prompt, its slot.</summary>
    public Span<long> PromptSlots => OfGroups(0);

    /// <summary>Of each prompt, its tokens.</summary>
    public Span<long> PromptLengths => OfGroups(1);

    /// <summary>How many there are.</summary>
    public static int CountOf(DecodeShape shape) => 5 * shape.Places + 2 * shape.Groups;

    private Span<long> OfPlaces(int list) => _all.Slice(list * _shape.Places, _shape.Places);

    private Span<long> OfGroups(int list) => _all.Slice(5 * _shape.Places + list * _shape.Groups, _shape.Groups);
}
