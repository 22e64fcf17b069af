namespace MedR1.Datasets;

internal sealed class CellsPainter : PhantomPainter
{
    private static readonly string[] s_counts = ["2 or fewer cells", "3 or 4 cells", "5 or more cells"];
    private static readonly string[] s_grounds = ["Bright cells on a dark ground", "Dark cells on a bright ground"];
    private static readonly PhantomColor[] s_brightInks = [new(70, 215, 90), new(90, 130, 235), PhantomColor.Gray(220)];
    private static readonly PhantomColor[] s_darkInks = [new(95, 55, 130), new(60, 75, 140), new(110, 60, 35)];

    public override PhantomFamily Family => PhantomFamily.Cells;

    public override string Kind => "Cells";

    public override IEnumerable<PhantomFact> Paint(PhantomCanvas canvas, DeterministicRandom random)
    {
        int count = random.Below(s_counts.Length);
        int fuller = random.Below(2);
        int ground = random.Below(2);
        canvas.Fill(ground == 0 ? PhantomColor.Gray(18) : new PhantomColor(225, 205, 220));
        PhantomColor ink = random.Pick(ground == 0 ? s_brightInks : s_darkInks);
        (int more, int fewer) = count switch
        {
            0 => (random.Between(1, 2), 0),
            1 => (3, random.Below(2)),
            _ => (random.Between(4, 6), random.Between(1, 2)),
        };
        PaintHalf(canvas, random, ink, fuller, more);
        PaintHalf(canvas, random, ink, 1 - fuller, fewer);
        return
        [
            Fact("phantom_cell_count", QuestionType.OtherBiologicalAttributes, s_counts, count,
                "How many cells are there?", "Count the cells in this picture."),
            Fact("phantom_cell_half", QuestionType.OtherBiologicalAttributes, s_halves, fuller,
                "Which half of the picture has more cells in it?", "On which side are more cells?"),
            Fact("phantom_cell_ground", QuestionType.ModalityRecognition, s_grounds, ground,
                "What do cells and ground look like?", "Are the cells bright or dark?"),
        ];
    }

    // Eight positions in each half: two columns of four, clear of the centre line.
    private static void PaintHalf(
        PhantomCanvas canvas, DeterministicRandom random, PhantomColor ink, int half, int count)
    {
        int[] places = [.. Enumerable.Range(0, 8)];
        random.Shuffle(places.AsSpan());
        foreach (int place in places.AsSpan(0, count))
        {
            int x = half * 500 + 130 + place % 2 * 230 + random.Between(-15, 15);
            int y = 130 + place / 2 * 245 + random.Between(-15, 15);
            canvas.Ellipse(ink, x, y, random.Between(60, 85), random.Between(60, 85));
        }
    }
}
